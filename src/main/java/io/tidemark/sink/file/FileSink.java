package io.tidemark.sink.file;

import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import io.tidemark.sink.FromHere;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sha256;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Standing;
import io.tidemark.sink.StandingChanged;
import io.tidemark.sink.Thoroughness;
import io.tidemark.sink.store.Disk;
import io.tidemark.sink.store.Stat;
import io.tidemark.sink.store.Store;
import io.tidemark.sink.store.Upload;
import io.tidemark.window.Feed;
import io.tidemark.window.Window;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.security.MessageDigest;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One file per window, in a tree that is partitioned by feed and day. */
public final class FileSink implements Sink {
    private static final int BUFFER = 1 << 16;

    private final String id;
    private final Store store;
    private final Schema schema;
    private final FileLayout layout;
    private final Format format;
    private final Optional<FileSink> former;

    /**
     * @param former {@link Sink#former()}
     */
    FileSink(
            String id,
            Store store,
            ZoneId zone,
            Schema schema,
            Format format,
            Optional<FileSink> former) {
        this.id = id;
        this.store = store;
        this.schema = schema;
        this.layout = new FileLayout(schema.feedWord(), zone);
        this.format = format;
        this.former = former;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Optional<Sink> former() {
        return former.map(Sink.class::cast);
    }

    @Override
    public void check(Collection<Feed> feeds) throws SinkException {
        boolean caseCounts;
        try {
            caseCounts = store.probe();
        } catch (IOException e) {
            throw refusal("", e);
        }
        Optional<String> clash = layout.clash(feeds, caseCounts);
        if (clash.isPresent()) {
            throw new SinkException(
                    "cannot keep files of two functions apart below %s: %s would share a directory. Export them by two jobs, each with a path of its own"
                            .formatted(store.locate(""), clash.get()));
        }
    }

    @Override
    public Optional<Standing> standing(Window window) throws SinkException {
        String place = place(window);
        try {
            Optional<Stat> stat = store.stat(place).filter(Stat::regular);
            if (stat.isEmpty()) {
                return Optional.empty();
            }
            refuseOtherOwner(place, window.feed());
            List<Standing.Form> forms =
                    Stream.concat(Stream.of(this), former.stream())
                            .<Standing.Form>map(sink ->
                                    () -> sink.format.read(store.open(place), window.feed()))
                            .toList();
            return Optional.of(new StandingFile(store.locate(place), stat.get().version(), forms));
        } catch (IOException e) {
            throw unreadable(place, e);
        }
    }

    private record StandingFile(String place, String version, List<Form> forms)
            implements Standing {}

    @Override
    public Receipt publish(Window window, int attempt, RowSource rows, Optional<String> replaces)
            throws SinkException, IOException {
        try (RowReader reader = rows.open()) {
            return publish(window, reader, replaces);
        }
    }

    private Receipt publish(Window window, RowReader rows, Optional<String> replaces)
            throws SinkException, IOException {
        String place = place(window);
        if (!rows.next()) {
            remove(place, replaces);
            return new Receipt(id, null, 0, null, null);
        }
        FromHere whole = new FromHere(rows);
        try (Upload upload = store.begin(place)) {
            Digesting digesting = new Digesting(upload.out());
            OutputStream out = new BufferedOutputStream(digesting, BUFFER);
            long count = format.write(whole, out);
            out.flush();
            String sha256 = digesting.sha256();
            if (stands(place, digesting.bytes, sha256)) {
                // whoever put it there may not have waited until it was on the disk
                store.settle(place);
            } else if (upload.publish(replaces).isEmpty()) {
                throw new StandingChanged(store.locate(place));
            }
            return new Receipt(id, place, count, digesting.bytes, sha256);
        } catch (IOException e) {
            if (whole.failure().isPresent()) {
                throw whole.failure().get();
            }
            throw refusal(place, e);
        }
    }

    private void remove(String place, Optional<String> replaces) throws SinkException {
        try {
            if (!store.stat(place).filter(Stat::regular).map(Stat::version).equals(replaces)) {
                throw new StandingChanged(store.locate(place));
            }
            store.delete(place);
        } catch (IOException e) {
            throw refusal(place, e);
        }
    }

    private boolean stands(String place, long bytes, String sha256) throws IOException {
        Optional<Stat> found = store.stat(place);
        return found.isPresent()
                && found.get().regular()
                && found.get().bytes() == bytes
                && sha256(place).equals(sha256);
    }

    private String sha256(String place) throws IOException {
        try (SeekableByteChannel file = store.open(place)) {
            return Sha256.of(file);
        }
    }

    /**
     * The names of files say neither region nor project, and some file systems do not tell capitals
     * from small letters: what a file is replaced by has to be of the feed that is in it.
     */
    private void refuseOtherOwner(String place, Feed feed) throws IOException, SinkException {
        String owner;
        try (SeekableByteChannel file = store.open(place)) {
            owner = format.owner(file);
        } catch (FileSystemException e) {
            throw e; // a file that may not be read is not a damaged one
        } catch (IOException damaged) {
            return; // then it is nobody's
        }
        if (owner != null && !feed.spellings().contains(owner)) {
            throw new SinkException(
                    "cannot replace %s: it holds records of %s, and these are of %s. The file stays as it is; give the sink another path, then apply again"
                            .formatted(store.locate(place), owner, feed));
        }
    }

    @Override
    public SortedMap<Window, String> differences(
            Map<Window, Receipt> receipts, Thoroughness thoroughness) throws SinkException {
        SortedMap<Window, String> differences = new TreeMap<>();
        for (Map.Entry<Window, Receipt> entry : receipts.entrySet()) {
            Window window = entry.getKey();
            Receipt receipt = entry.getValue();
            String place = receipt.place() == null ? place(window) : receipt.place();
            try {
                String difference = difference(place, receipt, thoroughness);
                if (difference != null) {
                    differences.put(window, difference);
                }
            } catch (IOException e) {
                throw unreadable(place, e);
            }
        }
        return differences;
    }

    private @Nullable String difference(String place, Receipt receipt, Thoroughness thoroughness)
            throws IOException {
        Optional<Stat> found = store.stat(place);
        if (receipt.place() == null) {
            return found.isEmpty() ? null : "a file is there, its receipt says none";
        }
        if (found.isEmpty()) {
            return "the file is missing";
        }
        if (!found.get().regular()) {
            return "what is there is not a file";
        }
        if (receipt.bytes() == null || found.get().bytes() != receipt.bytes()) {
            return "the file has %d bytes, its receipt says %d"
                    .formatted(found.get().bytes(), receipt.bytes());
        }
        return switch (thoroughness) {
            case GLANCE -> null;
            case EVERY_BYTE -> differenceWithin(place, receipt);
        };
    }

    private @Nullable String differenceWithin(String place, Receipt receipt) throws IOException {
        if (!sha256(place).equals(receipt.sha256())) {
            return "the file's content is not what its receipt says (SHA-256)";
        }
        long records;
        try (SeekableByteChannel file = store.open(place)) {
            records = format.count(file);
        } catch (IOException e) {
            return "the file cannot be read: " + Disk.reason(e);
        }
        return records == receipt.rows()
                ? null
                : "the file has %d records, its receipt says %d".formatted(records, receipt.rows());
    }

    @Override
    public Optional<RowReader> read(Window window, Receipt receipt) throws SinkException {
        String place = receipt.place();
        if (place == null) {
            return Optional.of(new Rows(schema).reader(window.feed().values()));
        }
        try {
            boolean stands =
                    store.stat(place).filter(Stat::regular).isPresent()
                            && sha256(place).equals(receipt.sha256());
            return stands
                    ? Optional.of(format.read(store.open(place), window.feed()))
                    : Optional.empty();
        } catch (IOException e) {
            throw unreadable(place, e);
        }
    }

    private String place(Window window) {
        return layout.place(window, format.extension());
    }

    private SinkException refusal(String place, IOException e) {
        return new SinkException(
                "cannot write %s: %s. Make it a place that can be written, with room on the disk, or give the sink another path; then apply again"
                        .formatted(store.locate(place), Disk.reason(e)),
                e);
    }

    private SinkException unreadable(String place, IOException e) {
        return new SinkException(
                "cannot read %s: %s. Let this user read it, or see whether the disk is well; then try again"
                        .formatted(store.locate(place), Disk.reason(e)),
                e);
    }

    @Override
    public void close() {
        // files are closed as they are written
    }

    /** What is written, with its length and SHA-256. */
    private static final class Digesting extends FilterOutputStream {
        private final MessageDigest digest = Sha256.digest();
        private long bytes;

        Digesting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
            digest.update(from, offset, length);
            bytes += length;
        }

        /** Nothing is written afterwards. */
        String sha256() {
            return Sha256.hex(digest.digest());
        }
    }
}
