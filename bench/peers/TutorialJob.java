package tutorial;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ItemReader;
import org.springframework.batch.infrastructure.item.file.FlatFileItemWriter;
import org.springframework.batch.infrastructure.item.file.builder.FlatFileItemWriterBuilder;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.FileSystemResource;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Spring Batch job as tutorials have it: an item is a record, a chunk a hundred of them, the
 * repository in an H2 file, one CSV file. Arguments: first day, day behind the last one, directory.
 */
@SpringBootApplication
public class TutorialJob {
    private static List<String> arguments = List.of();

    public static void main(String[] args) {
        arguments = List.of(args);
        System.setProperty(
                "spring.datasource.url", "jdbc:h2:file:" + Path.of(args[2]).toAbsolutePath() + "/batch");
        System.setProperty("spring.batch.jdbc.initialize-schema", "always");
        System.setProperty("spring.flyway.enabled", "false");
        System.exit(SpringApplication.exit(SpringApplication.run(TutorialJob.class)));
    }

    public record Invocation(
            String functionUrn,
            String requestId,
            String status,
            String errorCode,
            String errorMessage,
            String startTime,
            String endTime) {}

    @Bean
    Job export(JobRepository repository, PlatformTransactionManager transactions) {
        return new JobBuilder("export", repository)
                .start(
                        new StepBuilder("export", repository)
                                .<Invocation, Invocation>chunk(100)
                                .transactionManager(transactions)
                                .reader(reader())
                                .writer(writer())
                                .build())
                .build();
    }

    @Bean
    FlatFileItemWriter<Invocation> writer() {
        return new FlatFileItemWriterBuilder<Invocation>()
                .name("csv")
                .resource(new FileSystemResource(Path.of(arguments.get(2), "export.csv")))
                .delimited()
                .names(
                        "functionUrn",
                        "requestId",
                        "status",
                        "errorCode",
                        "errorMessage",
                        "startTime",
                        "endTime")
                .build();
    }

    @Bean
    ItemReader<Invocation> reader() {
        return new Reader();
    }

    static final class Reader implements ItemReader<Invocation> {
        private final HttpClient client = HttpClient.newHttpClient();
        private final JsonMapper mapper = new JsonMapper();
        private final Deque<Invocation> page = new ArrayDeque<>();
        private final List<String> functions = new ArrayList<>();
        private LocalDate day = LocalDate.parse(arguments.get(0));
        private int function;
        private int marker;

        @Override
        public Invocation read() throws Exception {
            if (functions.isEmpty()) {
                for (JsonNode row : get("?maxitems=400&marker=0").path("functions")) {
                    functions.add(row.path("func_urn").asString());
                }
            }
            while (page.isEmpty()) {
                if (function == functions.size()) {
                    function = 0;
                    day = day.plusDays(1);
                }
                if (!day.isBefore(LocalDate.parse(arguments.get(1)))) {
                    return null;
                }
                fetch(functions.get(function));
            }
            return page.poll();
        }

        private void fetch(String urn) throws Exception {
            JsonNode rows =
                    get("/%s/async-invocations?limit=500&marker=%d&query_begin_time=%sT00:00:00&query_end_time=%sT00:00:00"
                                    .formatted(urn, marker, day, day.plusDays(1)))
                            .path("invocations");
            for (JsonNode row : rows) {
                page.add(
                        new Invocation(
                                urn,
                                row.path("request_id").asString(),
                                row.path("status").asString(),
                                row.path("error_code").asString(),
                                row.path("error_message").asString(),
                                row.path("start_time").asString(""),
                                row.path("end_time").asString("")));
            }
            marker += rows.size();
            if (rows.size() < 500) {
                marker = 0;
                function++;
            }
        }

        private JsonNode get(String path) throws Exception {
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            System.getenv("ENDPOINT")
                                                    + "/v2/"
                                                    + System.getenv("PROJECT")
                                                    + "/fgs/functions"
                                                    + path))
                            .header("X-Auth-Token", System.getenv("TOKEN"))
                            .header("Content-Type", "application/json")
                            .build();
            return mapper.readTree(
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }
}
