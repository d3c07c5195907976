package io.tidemark.cli;

import io.tidemark.sandbox.Access;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Faults;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "sandbox",
        header = "Starts an API server with made-up records, to try things on.",
        description = {
            "It answers on loopback until it is stopped, and plays the source with all",
            "that is unknown about it. What it holds, to compare with: GET /sandbox/truth;",
            "what it was asked: GET /sandbox/requests."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SandboxCommand implements Callable<Integer> {
    private final PrintStream out;

    @Option(names = "--port", paramLabel = "N", description = "Default: any that is free.")
    private int port;

    @Option(names = "--records", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private long records = SandboxSettings.DEFAULT.data().records();

    @Option(names = "--functions", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int functions = SandboxSettings.DEFAULT.data().functions();

    @Option(
            names = "--days",
            paramLabel = "N",
            description = "Over which the records are spread. Default: ${DEFAULT-VALUE}.")
    private int days = SandboxSettings.DEFAULT.data().days();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed, the same records. Default: ${DEFAULT-VALUE}.")
    private long seed = SandboxSettings.DEFAULT.data().seed();

    @Option(
            names = "--until",
            paramLabel = "INSTANT",
            description =
                    "What it takes for now, such as 2026-11-15T00:00:00Z. Default: the "
                            + "clock, so that records come, run and end.")
    private @Nullable Instant until;

    @Option(
            names = "--retention",
            paramLabel = "DURATION",
            converter = Length.class,
            description = "Older records are gone, such as P30D. Default: none is.")
    private Duration retention = SandboxSettings.DEFAULT.data().retention();

    @Option(
            names = "--latency",
            paramLabel = "DURATION",
            converter = Length.class,
            description = "Before each answer, such as PT0.2S.")
    private Duration latency = Duration.ZERO;

    @Option(
            names = "--faults",
            paramLabel = "SHARE",
            description = "This share of the requests fails, 0 to 1.")
    private double faults;

    @Option(
            names = "--fault",
            paramLabel = "KIND",
            description =
                    "How they fail; may be repeated. Default: in all ways. ${COMPLETION-CANDIDATES}.")
    private Set<Faults.Kind> kinds = EnumSet.noneOf(Faults.Kind.class);

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "More than N requests in a second are answered with 429.")
    private int requestsPerSecond;

    @Option(
            names = "--token-lifetime",
            paramLabel = "DURATION",
            converter = Length.class,
            description = "Default: ${DEFAULT-VALUE}.")
    private Duration tokenLifetime = Access.DEFAULT.tokenLifetime();

    @Option(
            names = "--behave",
            paramLabel = "SWITCH=VALUE",
            description =
                    "How it behaves where the API is silent, such as count=absent; may be "
                            + "repeated. --behave=list shows all.")
    private List<String> behaviour = new ArrayList<>();

    SandboxCommand(PrintStream out, PrintStream err) {
        this.out = out;
    }

    @Override
    public Integer call() throws Refusal, InterruptedException {
        if (behaviour.contains("list")) {
            listBehaviour();
            return ExitCode.DONE.code();
        }
        try (Sandbox sandbox = Sandbox.start(settings())) {
            out.println("Sandbox at " + sandbox.endpoint() + ", until it is stopped (Ctrl-C).");
            out.println();
            out.println("source:");
            out.println("  endpoint: " + sandbox.endpoint());
            out.println("  project: " + sandbox.project());
            out.println("  auth: { token: \"${SANDBOX_TOKEN}\" }");
            out.println("  functions: [\"*\"]");
            out.println();
            out.println("export SANDBOX_TOKEN=" + sandbox.token());
            out.println();
            out.println("Or with a login, of which all three words are 'sandbox':");
            out.println(
                    "  auth: { password: { iam: %s, domain: sandbox, user: sandbox, password: \"${SANDBOX_PASSWORD}\" } }"
                            .formatted(sandbox.iam()));
            new CountDownLatch(1).await();
            return ExitCode.DONE.code();
        } catch (UncheckedIOException | IllegalArgumentException wrong) {
            throw new Refusal(wrong.getMessage());
        }
    }

    private SandboxSettings settings() {
        Behaviour behaves = Behaviour.plain();
        for (String choice : behaviour) {
            behaves = behaves.with(choice);
        }
        SandboxSettings settings =
                SandboxSettings.DEFAULT
                        .withPort(port)
                        .withRecords(records)
                        .withFunctions(functions)
                        .withDays(days)
                        .withSeed(seed)
                        .withRetention(retention)
                        .withLatency(latency)
                        .withAccess(Access.DEFAULT.withTokenLifetime(tokenLifetime))
                        .withBehaviour(behaves)
                        .withFaults(
                                new Faults(
                                        faults,
                                        kinds.isEmpty() ? Faults.NONE.kinds() : kinds,
                                        seed,
                                        Faults.NONE.slowness(),
                                        requestsPerSecond));
        return until == null ? settings : settings.withUntil(until);
    }

    static final class Length implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException wrong) {
                throw new TypeConversionException(
                        "'%s' is no duration; write PT0.2S or PT1H".formatted(text));
            }
        }
    }

    private void listBehaviour() {
        Behaviour.values()
                .collect(
                        Collectors.groupingBy(
                                Behaviour.Switch::switchName,
                                java.util.TreeMap::new,
                                Collectors.mapping(
                                        Behaviour.Switch::valueName, Collectors.toList())))
                .forEach((name, values) -> out.println(name + "=" + String.join("|", values)));
    }
}
