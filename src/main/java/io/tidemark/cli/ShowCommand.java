package io.tidemark.cli;

import io.tidemark.view.PlanFile;
import io.tidemark.view.Terminal;
import io.tidemark.view.View;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        header = "Shows a saved plan, as plan did.",
        description = "Asks neither the source nor the sinks, and changes nothing.",
        mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<Integer> {
    private final PrintStream out;
    private final InstantSource clock;

    @Parameters(paramLabel = "PLANFILE", description = "What tidemark plan --out FILE saved.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Print the plan as one JSON document.")
    private boolean json;

    ShowCommand(PrintStream out, PrintStream err, InstantSource clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Refusal {
        if (!PlanFile.isOne(file)) {
            throw new Refusal(
                    "%s: this is no saved plan; tidemark plan JOB --out FILE makes one"
                            .formatted(file));
        }
        PlanFile.Content content = read(file);
        View view =
                json
                        ? View.forPrograms(out, View.PlanAs.DOCUMENT, clock)
                        : View.forPeople(
                                out, Terminal.ofThisProcess(System.getenv()), zone(content), clock);
        view.plan(content.saved().plan(), content.learned());
        return ExitCode.DONE.code();
    }

    /** The job's, in which days begin. */
    private static ZoneId zone(PlanFile.Content content) {
        String zone = content.saved().settings().values().get("window.zone");
        return zone == null ? ZoneOffset.UTC : ZoneId.of(zone);
    }

    static PlanFile.Content read(Path file) throws Refusal {
        try {
            return PlanFile.read(file);
        } catch (IOException unreadable) {
            throw new Refusal(
                    "%s: this plan cannot be read: %s; make a new one with tidemark plan JOB --out %s"
                            .formatted(file, unreadable.getMessage(), file));
        }
    }
}
