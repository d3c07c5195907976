package io.tidemark.run.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ledger.Holder;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.State;
import io.tidemark.ledger.StateLocation;
import io.tidemark.source.functiongraph.FunctionGraph;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** H2 commits every table by itself: a process may be killed between any two. */
class HalfMadeStateTest {
    private static final Holder ME = Holder.thisProcess("apply", Instant.EPOCH);

    @TempDir private Path directory = Path.of("");

    @Test
    void theLedgersTablesAreMadeToTheEnd() throws Exception {
        List<String> statements =
                new ArrayList<>(statements("io/tidemark/sql/ledger/V1__ledger.sql"));
        statements.addAll(statements("io/tidemark/sql/ledger/V2__source_meaning.sql"));
        assertThat(statements).hasSizeGreaterThan(4);
        for (int made = 0; made < statements.size(); made++) {
            String job = "job-" + made;
            StateLocation location = new StateLocation.Directory(directory);
            State.open(location, job, ME, 2, FunctionGraph::feed).close();
            try (Connection connection = connect(job)) {
                JdbcClient jdbc = jdbc(connection);
                for (String table : tables(jdbc, "TIDEMARK_")) {
                    jdbc.sql("drop table " + table).update();
                }
                jdbc.sql("delete from \"tidemark_schema\"").update();
                statements.subList(0, made).forEach(statement -> jdbc.sql(statement).update());
            }

            Files.writeString(directory.resolve(job + ".seal"), "begun\n");

            try (State state = State.open(location, job, ME, 2, FunctionGraph::feed);
                    Lease lease = state.acquireLease()) {
                assertThat(lease.ledger().entries()).isEmpty();
                assertThat(tables(JdbcClient.create(state.dataSource()), "TIDEMARK_"))
                        .hasSize(statements.size());
            }
        }
    }

    @Test
    void theTablesOfTheBatchJobAreMadeToTheEnd() throws Exception {
        List<String> statements = statements("org/springframework/batch/core/schema-h2.sql");
        assertThat(statements).hasSizeGreaterThan(8);
        for (int made = 0; made <= statements.size(); made++) {
            try (Connection connection = connect("batch-" + made)) {
                JdbcClient jdbc = jdbc(connection);
                statements.subList(0, made).forEach(statement -> jdbc.sql(statement).update());

                BatchJobs.createTables(new SingleConnectionDataSource(connection, true));

                assertThat(tables(jdbc, "BATCH_")).hasSize(6);
                assertThat(BatchJobs.haveTables(new SingleConnectionDataSource(connection, true)))
                        .isTrue();
            }
        }
    }

    private Connection connect(String database) throws Exception {
        return DriverManager.getConnection("jdbc:h2:file:" + directory.resolve(database));
    }

    private static JdbcClient jdbc(Connection connection) {
        return JdbcClient.create(new SingleConnectionDataSource(connection, true));
    }

    private static List<String> tables(JdbcClient jdbc, String prefix) {
        return jdbc.sql("select table_name from information_schema.tables where table_name like ?")
                .param(prefix + "%")
                .query(String.class)
                .list();
    }

    private static List<String> statements(String script) throws Exception {
        String sql = new ClassPathResource(script).getContentAsString(StandardCharsets.UTF_8);
        return Stream.of(sql.replaceAll("--.*", "").split(";"))
                .filter(statement -> !statement.isBlank())
                .toList();
    }
}
