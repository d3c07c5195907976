package io.tidemark.stage;

import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.record.Schema;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sorts more rows than fit into memory, without an object for any of them.
 *
 * <p>Rows gather in one array; when it is full they are sorted and written to a file, a run. The
 * runs are merged while they are read. Where there are too many for that, some are merged into
 * longer ones first.
 */
final class RowSort implements Closeable {

    /** What rows are ordered by. */
    enum By {
        /** Any order that brings equal ids together; of these, the newest state first. */
        ID,
        /** As rows stand in sinks. */
        ORDER,
        /** By the bytes of the id alone. */
        KEY
    }

    /** Each run that is read is an open file. */
    private static final int MOST_RUNS_AT_ONCE = 64;

    /** For each row beside its bytes: where it begins, and a key. */
    private static final int BYTES_PER_ROW = Integer.BYTES + Long.BYTES;

    private final Path directory;
    private final Schema schema;
    private final List<String> ofFeed;
    private final By by;
    private final SortMemory memory;
    private final Row one;
    private final Row other;
    private final ArrayDeque<Run> runs = new ArrayDeque<>();
    private byte[] data = {};
    private int size;
    private int[] offsets = {};
    private int count;
    private int longest;
    private int files;
    private boolean isShared;

    /** A file of sorted rows. */
    private record Run(Path file, long length) {}

    /**
     * @param directory for this sort alone; created when there is a run
     */
    RowSort(Path directory, Schema schema, List<String> ofFeed, By by, SortMemory memory) {
        this.directory = directory;
        this.schema = schema;
        this.ofFeed = ofFeed;
        this.by = by;
        this.memory = memory;
        this.one = new Row(schema, ofFeed);
        this.other = new Row(schema, ofFeed);
    }

    /**
     * For rows of this sort, all of them in memory, that are to be ordered by something else. Only
     * they may be added: where they stand is all that is kept of them.
     */
    RowSort again(By other) {
        RowSort shared = new RowSort(directory, schema, ofFeed, other, memory);
        shared.data = data;
        shared.isShared = true;
        return shared;
    }

    void add(Row row) throws IOException {
        if (isShared) {
            add(row.offset());
            return;
        }
        int length = row.length();
        long needed = (long) size + length + (long) (count + 1) * BYTES_PER_ROW;
        if (count > 0 && needed > memory.bytes()) {
            spill();
        }
        if (data.length - size < length) {
            data = Arrays.copyOf(data, grown(data.length, size + length));
        }
        System.arraycopy(row.data(), row.offset(), data, size, length);
        add(size);
        size += length;
        longest = Math.max(longest, length);
    }

    private void add(int offset) {
        if (offsets.length == count) {
            offsets = Arrays.copyOf(offsets, Math.max(64, 2 * count));
        }
        offsets[count++] = offset;
    }

    /** The array doubles, but not beyond what memory allows. */
    private int grown(int now, int needed) {
        long wanted = Math.max(needed, Math.min(Math.max(1 << 12, 2L * now), memory.bytes()));
        return (int) Math.min(wanted, Integer.MAX_VALUE - 8);
    }

    /** Whether all rows are in memory. */
    boolean isInMemory() {
        return runs.isEmpty();
    }

    /** All that was added; nothing may be added any more. In memory, it can be read many times. */
    RowSource sorted() throws IOException {
        if (runs.isEmpty()) {
            int[] sorted = sortedInMemory();
            byte[] rows = data;
            return () -> new InMemory(rows, sorted);
        }
        spill();
        data = new byte[0];
        offsets = new int[0];
        while (runs.size() > runsAtOnce()) {
            // only as many as it takes: what is merged here is written once more
            int some = Math.min(runsAtOnce(), runs.size() - runsAtOnce() + 1);
            List<Run> merged = new ArrayList<>();
            while (merged.size() < some) {
                merged.add(runs.remove());
            }
            try (RowReader rows = new Merge(merged)) {
                runs.add(write(rows));
            }
            for (Run run : merged) {
                Files.delete(run.file());
            }
        }
        return () -> new Merge(runs);
    }

    private void spill() throws IOException {
        if (count == 0) {
            return;
        }
        try (RowReader rows = new InMemory(data, sortedInMemory())) {
            runs.add(write(rows));
        }
        size = 0;
        count = 0;
    }

    private Run write(RowReader rows) throws IOException {
        Path file = Files.createDirectories(directory).resolve("run-" + files++);
        return new Run(file, write(rows, file));
    }

    /** Writes rows to a new file; returns its length. */
    static long write(RowReader rows, Path file) throws IOException {
        try (Blocks.Writer writer = Blocks.Writer.create(file)) {
            var block = writer.begin(Blocks.ROWS);
            while (rows.next()) {
                Row row = rows.row();
                block.put(row.data(), row.offset(), row.length());
                if (writer.isFull()) {
                    writer.append();
                    block = writer.begin(Blocks.ROWS);
                }
            }
            writer.append();
            return writer.length();
        }
    }

    /** A run that is read holds a block, and a block may be one large row. */
    private int runsAtOnce() {
        long each = Blocks.BLOCK_BYTES + 2L * longest;
        return Math.clamp(memory.bytes() / each, 2, MOST_RUNS_AT_ONCE);
    }

    @Override
    public void close() throws IOException {
        Stage.deleteTree(directory);
    }

    /** Where rows begin, in order. */
    private int[] sortedInMemory() {
        long[] keys = new long[count];
        int indexBits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(count));
        if (!fillKeys(keys, indexBits)) {
            int[] sorted = Arrays.copyOf(offsets, count);
            mergeSort(sorted, 0, count);
            return sorted;
        }
        Arrays.sort(keys);
        int[] sorted = new int[count];
        long mask = (1L << indexBits) - 1;
        for (int i = 0; i < count; i++) {
            sorted[i] = offsets[(int) (keys[i] & mask)];
        }
        int begin = 0;
        for (int i = 1; i <= count; i++) {
            if (i == count || keys[i] >>> indexBits != keys[begin] >>> indexBits) {
                if (i - begin > 1) {
                    mergeSort(sorted, begin, i);
                }
                begin = i;
            }
        }
        return sorted;
    }

    /**
     * Keys that order rows as far as their upper bits go; the lower ones say which row it is.
     *
     * @return whether there is room for both in a long
     */
    private boolean fillKeys(long[] keys, int indexBits) {
        return switch (by) {
            case ID -> fillWithHashes(keys, indexBits);
            case ORDER -> fillWithTimes(keys, indexBits);
            case KEY -> fillWithPrefixes(keys, indexBits);
        };
    }

    private boolean fillWithHashes(long[] keys, int indexBits) {
        for (int i = 0; i < count; i++) {
            keys[i] = (hash(one.at(data, offsets[i])) & 0xFFFF_FFFFL) << indexBits | i;
        }
        return indexBits < Integer.SIZE;
    }

    private boolean fillWithTimes(long[] keys, int indexBits) {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            long time = one.at(data, offsets[i]).time();
            if (time != Schema.NO_TIME) {
                first = Math.min(first, time);
                last = Math.max(last, time);
            }
        }
        long span = first > last ? 0 : last - first;
        if (span < 0 || span + 1 >= 1L << Long.SIZE - 2 - indexBits) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            long time = one.at(data, offsets[i]).time();
            keys[i] = (time == Schema.NO_TIME ? span + 1 : time - first) << indexBits | i;
        }
        return true;
    }

    private boolean fillWithPrefixes(long[] keys, int indexBits) {
        int id = schema.id();
        for (int i = 0; i < count; i++) {
            Row row = one.at(data, offsets[i]);
            byte[] bytes = row.bytes(id);
            int begin = row.from(id);
            int end = Math.min(row.to(id), begin + Long.BYTES);
            long prefix = 0;
            for (int at = begin; at < begin + Long.BYTES; at++) {
                prefix = prefix << Byte.SIZE | (at < end ? bytes[at] & 0xFF : 0);
            }
            keys[i] = prefix >>> 1 >>> indexBits << indexBits | i;
        }
        return true;
    }

    /** Of a row's id, FNV-1a; the order of ids is that of their hashes first. */
    private static int hash(Row row) {
        int id = row.schema().id();
        byte[] bytes = row.bytes(id);
        int end = row.to(id);
        int hash = 0x811c9dc5;
        for (int i = row.from(id); i < end; i++) {
            hash = (hash ^ bytes[i]) * 0x01000193;
        }
        hash = (hash ^ hash >>> 16) * 0x85ebca6b;
        return hash ^ hash >>> 13;
    }

    /** The whole order, for which keys are a shortcut. */
    static int compare(By by, Row one, Row other) {
        return switch (by) {
            case ORDER -> one.compareOrder(other);
            case KEY -> one.compareIds(other);
            case ID -> {
                int byId = compareIds(one, other);
                yield byId != 0 ? byId : other.compareAge(one);
            }
        };
    }

    /** In the order of {@link By#ID}, but for the age. */
    static int compareIds(Row one, Row other) {
        int byHash = Integer.compareUnsigned(hash(one), hash(other));
        return byHash != 0 ? byHash : one.compareIds(other);
    }

    private void mergeSort(int[] rows, int from, int to) {
        if (to - from < 8) {
            for (int i = from + 1; i < to; i++) {
                int moving = rows[i];
                int at = i;
                while (at > from && compare(rows[at - 1], moving) > 0) {
                    rows[at] = rows[at - 1];
                    at--;
                }
                rows[at] = moving;
            }
            return;
        }
        int middle = from + to >>> 1;
        mergeSort(rows, from, middle);
        mergeSort(rows, middle, to);
        if (compare(rows[middle - 1], rows[middle]) <= 0) {
            return;
        }
        int[] left = Arrays.copyOfRange(rows, from, middle);
        int next = 0;
        int right = middle;
        for (int i = from; next < left.length; i++) {
            rows[i] =
                    right < to && compare(rows[right], left[next]) < 0
                            ? rows[right++]
                            : left[next++];
        }
    }

    private int compare(int rowAt, int otherAt) {
        return compare(by, one.at(data, rowAt), other.at(data, otherAt));
    }

    /** Sorted rows of memory. */
    private final class InMemory implements RowReader {
        private final byte[] rows;
        private final int[] sorted;
        private final Row row = new Row(schema, ofFeed);
        private int next;

        InMemory(byte[] rows, int[] sorted) {
            this.rows = rows;
            this.sorted = sorted;
        }

        @Override
        public boolean next() {
            if (next == sorted.length) {
                return false;
            }
            row.at(rows, sorted[next++]);
            return true;
        }

        @Override
        public Row row() {
            return row;
        }

        @Override
        public void close() {
            // only memory
        }
    }

    /** Rows of a file, in the order they stand there. */
    static final class InFile implements RowReader {
        private final Blocks.Reader blocks;
        private final Row row;
        private int next;
        private int end;

        InFile(Path file, long length, Schema schema, List<String> ofFeed) throws IOException {
            this.blocks = new Blocks.Reader(file, length);
            this.row = new Row(schema, ofFeed);
        }

        @Override
        public boolean next() throws IOException {
            if (next == end) {
                if (!blocks.next()) {
                    return false;
                }
                next = 1;
                end = blocks.end();
            }
            row.at(blocks.data(), next);
            next += row.length();
            return true;
        }

        @Override
        public Row row() {
            return row;
        }

        @Override
        public void close() throws IOException {
            blocks.close();
        }
    }

    /** Several runs as one; a heap of their readers, the one with the first row on top. */
    private final class Merge implements RowReader {
        private final InFile[] heap;
        private int live;
        private boolean begun;

        Merge(Iterable<Run> runs) throws IOException {
            List<InFile> readers = new ArrayList<>();
            try {
                for (Run run : runs) {
                    InFile reader = new InFile(run.file(), run.length(), schema, ofFeed);
                    readers.add(reader);
                    reader.next(); // no run is empty
                }
            } catch (IOException e) {
                for (InFile reader : readers) {
                    reader.close();
                }
                throw e;
            }
            heap = readers.toArray(InFile[]::new);
            live = heap.length;
            for (int i = live / 2 - 1; i >= 0; i--) {
                sink(i);
            }
        }

        @Override
        public boolean next() throws IOException {
            if (!begun) {
                begun = true;
                return live > 0;
            }
            if (live == 0) {
                return false;
            }
            if (!heap[0].next()) {
                InFile ended = heap[0];
                heap[0] = heap[--live];
                heap[live] = ended;
            }
            if (live == 0) {
                return false;
            }
            sink(0);
            return true;
        }

        @Override
        public Row row() {
            return heap[0].row();
        }

        private void sink(int from) {
            int at = from;
            while (true) {
                int least = at;
                for (int child = 2 * at + 1; child <= 2 * at + 2 && child < live; child++) {
                    if (compare(by, heap[child].row(), heap[least].row()) < 0) {
                        least = child;
                    }
                }
                if (least == at) {
                    return;
                }
                InFile swapped = heap[at];
                heap[at] = heap[least];
                heap[least] = swapped;
                at = least;
            }
        }

        @Override
        public void close() throws IOException {
            for (InFile reader : heap) {
                reader.close();
            }
        }
    }
}
