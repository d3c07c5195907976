package io.tidemark.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.functiongraph.FunctionGraph;
import io.tidemark.testing.PostgresForTests;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** State that is not what it was is refused and left as it is; it never becomes an empty one. */
class DamagedStateTest {
    private static final Holder ME =
            new Holder("apply", "host", 4711, Instant.parse("2026-11-10T12:00:00Z"));
    private static final String LATER =
            """
            insert into "tidemark_schema" ("installed_rank", "version", "description", "type", "script", "installed_by", "execution_time", "success")
            values (99, '99', 'what is to come', 'SQL', 'V99__what_is_to_come.sql', 'somebody', 1, true)
            """;

    @TempDir private static Path closed = Path.of("");
    @TempDir private Path directory = Path.of("");
    private StateLocation location = new StateLocation.Directory(directory);
    private Path file = directory;
    private Path seal = directory;

    @BeforeAll
    static void aStateThatWasClosed() throws Exception {
        use(new StateLocation.Directory(closed));
    }

    @BeforeEach
    void copyIt() throws Exception {
        for (String name : List.of("job.mv.db", "job.seal")) {
            Files.copy(closed.resolve(name), directory.resolve(name));
        }
        location = new StateLocation.Directory(directory);
        file = directory.resolve("job.mv.db");
        seal = directory.resolve("job.seal");
    }

    private void use() throws StateException {
        use(location);
    }

    private static void use(StateLocation location) throws StateException {
        try (State state = State.open(location, "job", ME, 2, FunctionGraph::feed);
                Lease lease = state.acquireLease()) {
            lease.check();
        }
    }

    private interface Damage {
        void doTo(Path file) throws IOException;
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                        Arguments.of("its last byte is missing", damage(f -> cut(f, 1, 0))),
                        Arguments.of("half of it is missing", damage(f -> cut(f, 0, 0.5))),
                        Arguments.of("most of it is missing", damage(f -> cut(f, 0, 0.9))),
                        Arguments.of("it is empty", damage(f -> cut(f, 0, 1))),
                        Arguments.of("its beginning is garbage", damage(f -> garbage(f, 0, 0.4))),
                        Arguments.of("its middle is garbage", damage(f -> garbage(f, 0.3, 0.7))),
                        Arguments.of("it is no database", damage(f -> Files.writeString(f, "x"))),
                        Arguments.of(
                                "it is a directory",
                                damage(f -> {
                                    Files.delete(f);
                                    Files.createDirectory(f);
                                })))
                .flatMap(damage ->
                        Stream.of(true, false)
                                .map(closed ->
                                        Arguments.of(damage.get()[0], damage.get()[1], closed)));
    }

    private static Damage damage(Damage damage) {
        return damage;
    }

    private static void cut(Path file, long bytes, double share) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(open.length() - bytes - (long) (open.length() * share));
        }
    }

    private static void garbage(Path file, double from, double to) throws IOException {
        byte[] all = Files.readAllBytes(file);
        for (int i = (int) (from * all.length); i < to * all.length; i++) {
            all[i] = (byte) (i * 31 + 7);
        }
        Files.write(file, all);
    }

    @ParameterizedTest(name = "{0}, closed: {2}")
    @MethodSource("damages")
    void damagedStateIsRefusedAndLeftAsItIs(String what, Damage damage, boolean wasClosed)
            throws Exception {
        if (!wasClosed) {
            Files.writeString(seal, ""); // as after a kill
        }
        damage.doTo(file);
        List<String> before = contents();

        assertThatThrownBy(this::use)
                .isInstanceOf(StateException.class)
                .isNotInstanceOf(StateException.Held.class)
                .hasMessageStartingWith(file + ": the state of job 'job' is damaged: ")
                .hasMessageContaining("put back a copy of the file")
                .hasMessageNotContaining("null");
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void whatTheAdviceSaysHelps() throws Exception {
        byte[] copy = Files.readAllBytes(file);
        use();
        Files.write(file, copy);
        assertThatThrownBy(this::use).hasMessageContaining("take job.seal away");
        Files.delete(seal);
        use();

        Files.write(file, new byte[3]);
        assertThatThrownBy(this::use).hasMessageContaining("move both away");
        Files.delete(file);
        Files.delete(seal);
        use();
    }

    @Test
    void stateOfALaterVersionIsRefusedAndLeftAsItIs() throws Exception {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("job"));
                Statement statement = connection.createStatement()) {
            statement.execute(LATER);
        }
        Files.delete(seal);
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(this::use)
                .isInstanceOf(StateException.class)
                .hasMessageStartingWith(file + ": this state was written by a later version")
                .hasMessageContaining("what is to come");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void stateOfALaterVersionOnAServerIsRefused() throws Exception {
        PostgresForTests.Database database = PostgresForTests.fresh();
        location =
                new StateLocation.Database(
                        "%s?user=%s&password=%s"
                                .formatted(
                                        database.url(), database.username(), database.password()));
        use();
        database.execute(LATER);

        assertThatThrownBy(this::use)
                .isInstanceOf(StateException.class)
                .hasMessageStartingWith(database.url() + ": this state was written by a later");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stateThatWasOnlyBegunIsMade(boolean withAFile) throws Exception {
        Files.delete(file);
        Files.writeString(seal, "begun\n"); // killed before anything was in it
        if (withAFile) {
            Files.createFile(file);
        }

        use();

        assertThat(Files.size(file)).isPositive();
    }

    /** What every file of the state is, but for the seal and who was there last. */
    private List<String> contents() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> path.toString().contains(".mv.db"))
                    .sorted(Comparator.naturalOrder())
                    .map(path -> path + " " + content(path))
                    .toList();
        }
    }

    private static String content(Path path) {
        try {
            return Files.isDirectory(path)
                    ? "directory"
                    : Arrays.hashCode(Files.readAllBytes(path)) + "";
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
