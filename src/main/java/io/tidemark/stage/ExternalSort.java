package io.tidemark.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Sorts more elements than fit into memory and drops duplicates: of neighbours that are the same,
 * the first in order stays.
 *
 * <p>Elements gather in memory; when it is full they are sorted and written to a file, a run. The
 * runs are merged while they are read. Where there are too many for that, some are merged into
 * longer ones first.
 */
final class ExternalSort<T> {
    /** Each run is an open file. */
    private static final int MOST_RUNS_AT_ONCE = 64;

    private final Path directory;
    private final Codec<T> codec;
    private final SortOrder<T> order;
    private final SortMemory memory;

    private final ArrayDeque<Run<T>> runs = new ArrayDeque<>();
    private List<SortOrder.Keyed<T>> gathered = new ArrayList<>();
    private long weight;
    private long heaviest;
    private int files;

    /**
     * @param directory for this sort alone; created when there is a run
     */
    ExternalSort(Path directory, Codec<T> codec, SortOrder<T> order, SortMemory memory) {
        this.directory = directory;
        this.codec = codec;
        this.order = order;
        this.memory = memory;
    }

    void add(T element) throws IOException {
        long more = codec.weight(element);
        if (weight + more > memory.bytes() && !gathered.isEmpty()) {
            spill();
        }
        gathered.add(order.keyed(element));
        weight += more;
        heaviest = Math.max(heaviest, more);
    }

    /** All that was added; nothing may be added any more. */
    Sorted<T> sorted() throws IOException {
        if (runs.isEmpty()) {
            return sorted(List.of(sortedInMemory()));
        }
        spill();
        while (runs.size() > runsAtOnce()) {
            // only as many as it takes: what is merged here is written once more
            int count = Math.min(runsAtOnce(), runs.size() - runsAtOnce() + 1);
            List<Run<T>> some = new ArrayList<>();
            while (some.size() < count) {
                some.add(runs.remove());
            }
            try (Sorted<T> shorter = sorted(some)) {
                runs.add(write(shorter));
            }
        }
        return sorted(List.copyOf(runs));
    }

    private void spill() throws IOException {
        try (Sorted<T> all = sorted(List.of(sortedInMemory()))) {
            runs.add(write(all));
        }
        gathered = new ArrayList<>();
        weight = 0;
    }

    private Run<T> sortedInMemory() {
        gathered.sort(order::compare);
        return new Run.InMemory<>(gathered);
    }

    private Run<T> write(Sorted<T> elements) throws IOException {
        Path file = Files.createDirectories(directory).resolve("run-" + files++);
        try (FrameWriter writer = FrameWriter.create(file)) {
            writer.write(codec, elements.open());
            return new Run.InFile<>(file, writer.length(), codec);
        }
    }

    /** A run that is read holds a frame and an element, and a frame may be one large element. */
    private int runsAtOnce() {
        long each = FrameWriter.FRAME_BYTES + 2 * heaviest;
        return Math.clamp(memory.bytes() / each, 2, MOST_RUNS_AT_ONCE);
    }

    private Sorted<T> sorted(List<Run<T>> from) {
        return new Sorted<>(from, order);
    }
}
