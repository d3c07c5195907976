package io.tidemark.source.functiongraph;

import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A page of 500 records, from its bytes to rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageBench {
    private byte[] body = {};
    private final Rows rows = new Rows(Invocations.SCHEMA);

    @Setup
    public void aPage() throws Exception {
        try (Sandbox sandbox =
                        Sandbox.start(
                                SandboxSettings.DEFAULT
                                        .withFunctions(1)
                                        .withRecords(500)
                                        .withDays(1)
                                        .withUntil(Instant.parse("2026-11-01T00:00:00Z")));
                HttpClient client = HttpClient.newHttpClient()) {
            String functions =
                    sandbox.endpoint() + "/v2/" + sandbox.project() + "/fgs/functions/";
            String urn =
                    "urn:fss:eu-de:" + sandbox.project() + ":function:default:orders-intake";
            body =
                    client.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            functions
                                                                    + urn
                                                                    + "/async-invocations?limit=500&query_begin_time=2026-10-31T00:00:00&query_end_time=2026-11-01T00:00:00"))
                                            .header("X-Auth-Token", sandbox.token())
                                            .header("Content-Type", "application/json")
                                            .build(),
                                    HttpResponse.BodyHandlers.ofByteArray())
                            .body();
        }
        if (RawPage.decode(body).size() < 400) {
            throw new IllegalStateException(new String(body));
        }
    }

    @Benchmark
    public RawPage scanner() throws Exception {
        return RawPage.decode(body);
    }

    @Benchmark
    public RawPage generalParser() throws Exception {
        return RawPage.decodeSlowly(body);
    }

    @Benchmark
    public int scannerAndNormaliser() throws Exception {
        rows.clear();
        List<Rejected> rejected = new ArrayList<>();
        RawPage.decode(body).normalise(Placement.HERE, rows, rejected);
        return rows.size();
    }
}
