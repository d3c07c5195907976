package io.tidemark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.window.Every;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {
    /** Every key there is, none at its default. */
    static final String EVERYTHING =
            """
            job: all-of-it
            source:
              endpoint: https://fg.example.com/gateway/
              project: p1
              auth:
                password:
                  iam: http://iam.example.com:8080
                  domain: d
                  user: "${FROM_ENVIRONMENT} & sons"
                  password: ${PASSWORD}
              functions:
                - "default:orders-*"
                - urn:fss:eu-de:p1:function:default:pay:!live
              statuses: [FAIL, DISCARD]
              page-size: 100
              requests-per-second: 0.5
              connections: 1
            window:
              from: 2026-10-01T02:00:00+02:00
              to: -P1D
              every: PT6H
              zone: Europe/Berlin
              lag: P1D
              settle: P2W
            sinks:
              - csv: { path: /srv/out, formula-guard: true }
              - parquet: { path: out, compression: snappy }
              - ndjson: { path: out, compression: gzip }
              - postgres:
                  url: jdbc:postgresql://db:5433/audit?sslmode=require
                  username: me
                  password: ${PASSWORD}
                  table: audit.calls
            max-quarantined: 3
            schedule: "0 15 1 * * MON-FRI"
            """;

    @Test
    void everyKeyArrives() throws JobFileException {
        JobSpec job = Jobs.parse(EVERYTHING);

        SourceSpec source = job.source();
        assertThat(job.name()).isEqualTo("all-of-it");
        assertThat(source.origin())
                .isInstanceOfSatisfying(
                        SourceSpec.Cloud.class,
                        cloud -> {
                            assertThat(cloud.endpoint())
                                    .isEqualTo(URI.create("https://fg.example.com/gateway"));
                            assertThat(cloud.project()).isEqualTo("p1");
                            assertThat(cloud.auth())
                                    .isInstanceOfSatisfying(
                                            SourceSpec.Password.class,
                                            auth -> {
                                                assertThat(auth.iam())
                                                        .hasToString("http://iam.example.com:8080");
                                                assertThat(auth.domain()).isEqualTo("d");
                                                assertThat(auth.user()).isEqualTo("env & sons");
                                                assertThat(auth.password().reveal())
                                                        .isEqualTo(Jobs.CANARY);
                                            });
                        });
        assertThat(source.functions())
                .containsExactly(
                        new FeedSelector.Glob("default:orders-*"),
                        new FeedSelector.Exactly("urn:fss:eu-de:p1:function:default:pay:!live"));
        assertThat(source.statuses()).containsExactly("FAIL", "DISCARD");
        assertThat(source.pageSize()).isEqualTo(100);
        assertThat(source.requestsPerSecond()).hasValue(0.5);
        assertThat(source.connections()).isEqualTo(1);
        assertThat(job.window())
                .isEqualTo(
                        new WindowSpec(
                                new TimeBound.AtInstant(Instant.parse("2026-10-01T00:00:00Z")),
                                new TimeBound.Back(Every.parse("P1D").orElseThrow()),
                                Every.parse("PT6H").orElseThrow(),
                                ZoneId.of("Europe/Berlin"),
                                Duration.ofDays(1),
                                Every.parse("P14D")));
        assertThat(job.sinks().subList(0, 3))
                .containsExactly(
                        new SinkSpec.Csv(Path.of("/srv/out"), true),
                        new SinkSpec.Parquet(Path.of("out"), SinkSpec.Compression.SNAPPY),
                        new SinkSpec.Ndjson(Path.of("out"), SinkSpec.Packing.GZIP));
        assertThat(job.sinks().get(3))
                .isInstanceOfSatisfying(
                        SinkSpec.Postgres.class,
                        postgres -> {
                            assertThat(postgres.url())
                                    .isEqualTo("jdbc:postgresql://db:5433/audit?sslmode=require");
                            assertThat(postgres.username()).hasValue("me");
                            assertThat(postgres.password().orElseThrow().reveal())
                                    .isEqualTo(Jobs.CANARY);
                            assertThat(postgres.table()).isEqualTo("audit.calls");
                        });
        assertThat(job.maxQuarantined()).isEqualTo(3);
        assertThat(job.schedule()).hasValue("0 15 1 * * MON-FRI");
    }

    @Test
    void aSandboxNeedsNothingElse() throws JobFileException {
        JobSpec job = Jobs.parse(BadJobs.SANDBOX);

        assertThat(job)
                .isEqualTo(
                        new JobSpec(
                                "demo",
                                new SourceSpec(
                                        new SourceSpec.BundledSandbox(
                                                5, 20_000, 7, 1, Optional.empty()),
                                        List.of(new FeedSelector.Glob("*")),
                                        List.of(),
                                        500,
                                        OptionalDouble.empty(),
                                        4),
                                new WindowSpec(
                                        new TimeBound.Back(Every.parse("P7D").orElseThrow()),
                                        new TimeBound.Now(),
                                        Every.parse("P1D").orElseThrow(),
                                        ZoneId.of("UTC"),
                                        Duration.ofMinutes(10),
                                        Every.parse("P4D")),
                                List.of(
                                        new SinkSpec.Parquet(
                                                Path.of("out"), SinkSpec.Compression.ZSTD)),
                                0,
                                Optional.empty()));
    }

    @Test
    void anEndpointIsAskedTwentyTimesASecondUnlessToldOtherwise() throws JobFileException {
        assertThat(Jobs.parse(BadJobs.CLOUD).source().requestsPerSecond()).hasValue(20);
    }

    @Test
    void keysOfAnAccountMayBeTemporary() throws JobFileException {
        JobSpec job =
                Jobs.parse(
                        BadJobs.CLOUD.replace(
                                "token: ${TOKEN}",
                                "aksk: { access-key: AKID, secret-key: \"${PASSWORD}\","
                                        + " security-token: \"${TOKEN}\" }"));

        assertThat(job.source().origin())
                .isInstanceOfSatisfying(
                        SourceSpec.Cloud.class,
                        cloud ->
                                assertThat(cloud.auth())
                                        .isInstanceOfSatisfying(
                                                SourceSpec.AccessKey.class,
                                                keys -> {
                                                    assertThat(keys.accessKey().reveal())
                                                            .isEqualTo("AKID");
                                                    assertThat(keys.secretKey().reveal())
                                                            .isEqualTo(Jobs.CANARY);
                                                    assertThat(keys.securityToken()).isPresent();
                                                }));
    }

    @Test
    void settleOfNothingMeansNever() throws JobFileException {
        String job = BadJobs.SANDBOX.replace("from: -P7D", "from: -P7D\n  settle: PT0S");

        assertThat(Jobs.parse(job).window().settle()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22, 2026-11-22T00:00:00Z",
        "2026-11-22T06:00:00Z, 2026-11-22T06:00:00Z",
        "2026-11-22T06:00:00+05:45, 2026-11-22T00:15:00Z"
    })
    void aSandboxEndsAtADateOfUtcOrAnInstant(String until, Instant instant)
            throws JobFileException {
        String job = BadJobs.SANDBOX.replace("{}", "{ until: \"" + until + "\" }");

        assertThat(Jobs.parse(job).source().origin())
                .isEqualTo(new SourceSpec.BundledSandbox(5, 20_000, 7, 1, Optional.of(instant)));
    }

    @Test
    void aReferenceMayBeANumberWithAndWithoutQuotes() throws JobFileException {
        for (String reference : List.of("${SIZE}", "\"${SIZE}\"", "2${ZERO:50}")) {
            String job = BadJobs.CLOUD.replace("page-size: 500", "page-size: " + reference);
            assertThat(Jobs.parse(job).source().pageSize()).as(reference).isEqualTo(250);
        }
    }

    @Test
    void aNumberFromAVariableMayBeText() throws JobFileException {
        String job = BadJobs.CLOUD.replace("project: p1", "project: ${SIZE}");

        assertThat(Jobs.parse(job).source().origin())
                .extracting(origin -> ((SourceSpec.Cloud) origin).project())
                .isEqualTo("250");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out/${WORD}/x      | out/abc/x",
                "out/${WORD}${SIZE} | out/abc250",
                "${NOT_SET:out}/csv | out/csv",
                "${WORD:out}/csv    | abc/csv",
                "${NOT_SET:a:b}     | a:b",
                "x${EMPTY:y}        | x",
                "$${WORD}           | ${WORD}",
                "$$${WORD}          | $${WORD}",
                "$WORD$             | $WORD$",
                "${NOT_SET:$1\\}    | $1\\",
                "${NESTED}          | ${WORD}"
            })
    void referencesAreReplacedOnceAndWithinText(String written, String meant)
            throws JobFileException {
        Variables variables =
                Variables.of(Jobs.VARIABLES, name -> name.equals("NESTED") ? "${WORD}" : null);
        String job = BadJobs.SANDBOX.replace("{ path: out }", "{ path: '" + written + "' }");

        JobSpec spec = JobFile.parse(job, "x.yaml", variables);

        assertThat(spec.sinks())
                .containsExactly(new SinkSpec.Parquet(Path.of(meant), SinkSpec.Compression.ZSTD));
    }

    @Test
    void anExplicitVariableComesBeforeTheEnvironment() throws JobFileException {
        Variables variables = Variables.of(Map.of("NAME", "explicit"), name -> "environment");
        String job = BadJobs.SANDBOX.replace("job: demo", "job: ${NAME}-${OTHER}");

        assertThat(JobFile.parse(job, "x.yaml", variables).name())
                .isEqualTo("explicit-environment");
    }

    @Test
    void aValueThatJavaCouldNotReadIsRefusedByItsNameAndNotShown() {
        Variables variables = Variables.of(Map.of(), name -> "canary-gr\ufffd\ufffdn");
        String job = BadJobs.SANDBOX.replace("{ path: out }", "{ path: '${PLACE}' }");

        assertThatThrownBy(() -> JobFile.parse(job, "x.yaml", variables))
                .hasMessageContaining("${PLACE} holds bytes that are no character here")
                .hasMessageContaining("set LC_ALL=C.UTF-8")
                .hasMessageNotContaining("canary");
    }

    @Test
    void theEnvironmentOfTheProcessIsBehindTheExplicitVariables() {
        assertThat(Variables.ofEnvironment(Map.of()).find("PATH")).hasValue(System.getenv("PATH"));
    }

    @Test
    void variablesDoNotShowTheirValues() {
        assertThat(Variables.of(Map.of("A", Jobs.CANARY), name -> null))
                .hasToString("Variables[A]");
    }

    @ParameterizedTest
    @ValueSource(strings = {Jobs.CANARY, Jobs.CANARY + "\n", Jobs.CANARY + "\r\n"})
    void aSecretMayStandInAFile(String content, @TempDir Path directory)
            throws IOException, JobFileException {
        Path file = Files.writeString(directory.resolve("token"), content);
        String job = BadJobs.CLOUD.replace("${TOKEN}", "${file:" + file + "}");

        assertThat(Jobs.parse(job).source().origin())
                .isInstanceOfSatisfying(
                        SourceSpec.Cloud.class,
                        cloud ->
                                assertThat(((SourceSpec.Token) cloud.auth()).token().reveal())
                                        .isEqualTo(Jobs.CANARY));
    }

    @Test
    void aSecretsFileThatCannotBeReadIsNamedWithTheReason(@TempDir Path directory)
            throws IOException {
        Path bytes = Files.write(directory.resolve("bytes"), new byte[] {(byte) 0xff});
        Path long64K = Files.writeString(directory.resolve("long"), Jobs.CANARY.repeat(10_000));

        assertThat(hintForSecretIn(directory.resolve("none"))).isEqualTo("there is no such file");
        assertThat(hintForSecretIn(bytes)).isEqualTo("it is not UTF-8");
        assertThat(hintForSecretIn(long64K)).isEqualTo("it is longer than 64 KiB");
        assertThat(hintForSecretIn(directory))
                .isEqualTo("it must be a file that this user may read");
    }

    private static String hintForSecretIn(Path file) {
        String job = BadJobs.CLOUD.replace("${TOKEN}", "${file:" + file + "}");
        List<Problem> problems = Jobs.problemsOf(job);
        assertThat(problems)
                .singleElement()
                .extracting(Problem::path)
                .isEqualTo("/source/auth/token");
        return problems.getFirst().hint();
    }

    @Test
    void aFileThatCannotBeReadIsOneProblem(@TempDir Path directory) throws IOException {
        Path latin =
                Files.write(
                        directory.resolve("latin.yaml"),
                        "job: x\n# caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Path large = Files.writeString(directory.resolve("large.yaml"), "#".repeat(256 * 1024 + 1));

        assertThat(problemOf(directory.resolve("none.yaml")))
                .isEqualTo("none.yaml: there is no such file (job files stand in jobs/)");
        assertThat(problemOf(directory))
                .endsWith(": this is a directory (name one job file in it)");
        assertThat(problemOf(latin))
                .isEqualTo("latin.yaml:2:6: this is not UTF-8 (save the file as UTF-8)");
        assertThat(problemOf(large))
                .isEqualTo("large.yaml: longer than 256 KiB (is this a job file?)");
    }

    private static String problemOf(Path file) {
        JobFileException refused =
                catchThrowableOfType(
                        JobFileException.class, () -> JobFile.read(file, Jobs.variables()));
        assertThat(refused.problems()).hasSize(1);
        return refused.getMessage().replace(file.getParent() + "/", "");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFile(@TempDir Path directory)
            throws IOException, JobFileException {
        Path file = Files.writeString(directory.resolve("x.yaml"), "\uFEFF" + BadJobs.SANDBOX);

        assertThat(JobFile.read(file, Jobs.variables()).name()).isEqualTo("demo");
    }

    @Test
    void theDemoIsAWeekOfTheSandbox() throws JobFileException {
        JobSpec demo = shipped("demo");

        assertThat(demo.source().origin())
                .isEqualTo(
                        new SourceSpec.BundledSandbox(
                                5,
                                20_000,
                                7,
                                1,
                                Optional.of(Instant.parse("2026-11-15T00:00:00Z"))));
        assertThat(demo.window().from()).isEqualTo(new TimeBound.OnDate(LocalDate.of(2026, 11, 8)));
        assertThat(demo.window().to()).isEqualTo(new TimeBound.OnDate(LocalDate.of(2026, 11, 15)));
        assertThat(demo.sinks())
                .extracting(SinkSpec::id)
                .containsExactly("csv:out/csv", "parquet:out/parquet");
    }

    @Test
    void theNightlyJobTakesAllFunctionsIntoPostgresAndParquet() throws JobFileException {
        JobSpec nightly = shipped("nightly");

        assertThat(nightly.source().functions()).containsExactly(new FeedSelector.Glob("*"));
        assertThat(nightly.window().from()).hasToString("-P30D");
        assertThat(nightly.sinks())
                .extracting(SinkSpec::id)
                .containsExactly(
                        "postgres:some-audit-db-host/audit#async_invocations",
                        "parquet:out/nightly");
        assertThat(nightly.schedule()).hasValue("0 15 1 * * *");
    }

    @Test
    void theBackfillTakesOneQuarterOnce() throws JobFileException {
        WindowSpec window = shipped("backfill").window();

        assertThat(window.from()).hasToString("2026-07-01");
        assertThat(window.to()).hasToString("2026-10-01");
        assertThat(window.settle()).isEmpty();
    }

    @Test
    void theAuditTakesFailuresOnly() throws JobFileException {
        assertThat(shipped("audit").source().statuses()).containsExactly("FAIL", "DISCARD");
    }

    private static JobSpec shipped(String name) throws JobFileException {
        JobSpec job = JobFile.read(Path.of("jobs", name + ".yaml"), Jobs.anything());
        assertThat(job.name()).isEqualTo(name);
        return job;
    }
}
