package io.tidemark.cli;

import io.tidemark.ledger.Entry;
import io.tidemark.plan.Difference;
import io.tidemark.view.DifferencesScreen;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        header = "Compares every byte and key in the sinks with the receipts.",
        description = {
            "SHA-256 of files, Parquet footers and row counts, CSV records, keys in",
            "PostgreSQL. Changes nothing and asks the source nothing; exit code 2 where",
            "something differs."
        },
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private final PrintStream out;

    @Parameters(paramLabel = "JOB", description = "A job file, such as jobs/demo.yaml.")
    private Path job = Path.of("");

    @Mixin private RangeOptions range = new RangeOptions();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Mixin private CommonOptions common = new CommonOptions();

    VerifyCommand(PrintStream out, PrintStream err) {
        this.out = out;
    }

    @Override
    public Integer call() throws Refusal {
        try (Session session =
                new Session(common.job(job), common.state(), InstantSource.system())) {
            List<Entry> entries = range.pick(session.entriesToVerify(), session.job().window());
            if (entries.isEmpty()) {
                throw new Refusal(
                        "Nothing to verify: no window that is exported fits; tidemark state list shows what there is");
            }
            SortedMap<Window, List<Difference>> differences = session.verify(entries);
            DifferencesScreen screen = new DifferencesScreen(out);
            if (json) {
                screen.forPrograms(session.job().name(), entries.size(), differences);
            } else {
                screen.forPeople(entries.size(), differences);
            }
            return (differences.isEmpty() ? ExitCode.DONE : ExitCode.CHANGES).code();
        }
    }
}
