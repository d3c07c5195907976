package io.tidemark.failpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailpointTest {
    private static final String JOB =
            """
            job: watched
            source:
              sandbox: { functions: 1, records: 30, days: 1, seed: 7, until: 2026-11-01T00:00:00Z }
            window: { from: 2026-10-31, to: 2026-11-01 }
            sinks:
            """;

    @TempDir private Path directory = Path.of("");

    @AfterEach
    void disarm() {
        Failpoint.disarm();
        System.clearProperty("tidemark.groups");
    }

    @Test
    void anUndisturbedApplyPassesEveryOneInTheDeclaredOrder() throws Exception {
        List<Failpoint> csv = passed("csv", "  - csv: { path: DIR/csv }\n");
        List<Failpoint> parquet = passed("parquet", "  - parquet: { path: DIR/parquet }\n");
        PostgresForTests.Database database = PostgresForTests.fresh();
        List<Failpoint> postgres =
                passed(
                        "postgres",
                        "  - postgres: { url: \"%s\", username: %s, password: \"${PASSWORD}\", table: t }\n"
                                .formatted(database.url(), database.username()));

        assertThat(parquet).isEqualTo(csv);
        assertThat(List.of(csv, postgres)).allSatisfy(order -> assertThat(order).isSorted());
        Set<Failpoint> all = EnumSet.copyOf(csv);
        all.addAll(postgres);
        assertThat(all).containsExactly(Failpoint.values());
    }

    /** In the order of their first pass. */
    private List<Failpoint> passed(String name, String sinks) {
        Set<Failpoint> passed = Collections.synchronizedSet(new LinkedHashSet<>());
        System.setProperty("tidemark.groups", "off");
        Failpoint.watch(passed::add);
        new Workspace(directory.resolve(name)).job(JOB + sinks).apply().endsWith(0);
        Failpoint.disarm();
        return new ArrayList<>(passed);
    }

    @Test
    void actsAtTheNthPassAndOnce() {
        List<String> acted = new ArrayList<>();
        Failpoint.arm(Failpoint.CHUNK_SAVED, 2, () -> acted.add("now"));

        Failpoint.CHUNK_SAVED.pass();
        Failpoint.CHUNK_COMMITTED.pass();
        assertThat(acted).isEmpty();
        Failpoint.CHUNK_SAVED.pass();
        Failpoint.CHUNK_SAVED.pass();

        assertThat(acted).containsExactly("now");
    }
}
