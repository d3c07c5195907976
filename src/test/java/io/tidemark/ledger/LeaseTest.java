package io.tidemark.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.functiongraph.FunctionGraph;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
    private static final Instant NOW = Instant.parse("2026-11-10T12:00:00Z");
    private static final Holder ONE = new Holder("apply", "host-1", 4711, NOW);
    private static final Holder OTHER = new Holder("apply", "host-2", 4712, NOW);
    private static final Window WINDOW =
            new Window(
                    FunctionGraph.feed("urn:fss:eu-de:p1:function:default:orders"),
                    new TimeRange(NOW.minusSeconds(60), NOW));

    @TempDir private Path directory = Path.of("");

    // embedded state is locked against other processes: see ProgramIT
    @Test
    void theSecondIsToldWhoHoldsItAndGetsItOnceTheFirstIsGone() throws Exception {
        StateLocation location = location("server");
        State first = State.open(location, "job", ONE, 3, FunctionGraph::feed);
        Lease lease = first.acquireLease();

        assertThatThrownBy(() -> acquire(location))
                .isInstanceOf(StateException.Held.class)
                .hasMessageContaining("tidemark apply, process 4711 on host-1")
                .hasMessageContaining("since 2026-11-10T12:00:00Z");

        lease.close();
        first.close();
        acquire(location);
    }

    @Test
    void anotherJobIsFreeOnTheSameState() throws Exception {
        for (String where : new String[] {"embedded", "server"}) {
            StateLocation location = location(where);
            try (State one = State.open(location, "one", ONE, 3, FunctionGraph::feed);
                    Lease lease = one.acquireLease();
                    State other = State.open(location, "other", OTHER, 3, FunctionGraph::feed);
                    Lease otherLease = other.acquireLease()) {
                lease.check();
                otherLease.check();
            }
        }
    }

    @Test
    void aHolderThatLostItCannotWrite() throws Exception {
        StateLocation server = location("server");
        try (State paused = State.open(server, "job", ONE, 3, FunctionGraph::feed)) {
            Lease lost = paused.acquireLease();
            Ledger ledger = lost.ledger();
            ledger.begin(
                    WINDOW,
                    1,
                    NOW,
                    new SourceIdentity(new java.util.TreeMap<>(java.util.Map.of("k", "v"))));
            lost.group().flush();
            // the server takes the paused process's connection for dead
            PostgresForTests.Database database = database(server);
            database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");

            acquire(server);

            assertThatThrownBy(lost::check).isInstanceOf(LeaseLost.class);
            ledger.failed(WINDOW, "late");
            assertThatThrownBy(() -> lost.group().flush()).isInstanceOf(LeaseLost.class);
            assertThatThrownBy(() -> ledger.failed(WINDOW, "later")).isInstanceOf(LeaseLost.class);
            assertThat(
                            paused.ledger()
                                    .entry(WINDOW)
                                    .orElseThrow()
                                    .attempt()
                                    .orElseThrow()
                                    .failure())
                    .isEmpty();
        }
    }

    @Test
    void changesOfOneWindowAreMadeInTheirOrderWithinAGroup() throws Exception {
        for (String where : new String[] {"embedded", "server"}) {
            try (State state = State.open(location(where), "job", ONE, 3, FunctionGraph::feed);
                    Lease lease = state.acquireLease()) {
                Ledger ledger = lease.ledger();
                SourceIdentity identity = new SourceIdentity(new java.util.TreeMap<>());
                lease.group()
                        .together(() -> {
                            ledger.begin(WINDOW, 1, NOW, identity);
                            ledger.failed(WINDOW, "too early");
                            ledger.begin(WINDOW, 2, NOW, identity);
                        });
                lease.group().flush();

                Entry.Attempt attempt = ledger.entry(WINDOW).flatMap(Entry::attempt).orElseThrow();
                assertThat(attempt.number()).isEqualTo(2);
                assertThat(attempt.failure()).isEmpty();
            }
        }
    }

    private static void acquire(StateLocation location) throws StateException {
        try (State state = State.open(location, "job", OTHER, 3, FunctionGraph::feed);
                Lease lease = state.acquireLease()) {
            lease.check();
        }
    }

    private StateLocation location(String where) throws SQLException {
        if (where.equals("embedded")) {
            return new StateLocation.Directory(directory);
        }
        PostgresForTests.Database database = PostgresForTests.fresh();
        return new StateLocation.Database(
                "%s?user=%s&password=%s"
                        .formatted(database.url(), database.username(), database.password()));
    }

    private static PostgresForTests.Database database(StateLocation location) {
        String url = ((StateLocation.Database) location).url();
        return new PostgresForTests.Database(
                url.substring(0, url.indexOf('?')), "postgres", PostgresForTests.PASSWORD);
    }
}
