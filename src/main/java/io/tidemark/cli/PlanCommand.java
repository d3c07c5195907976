package io.tidemark.cli;

import io.tidemark.plan.Plan;
import io.tidemark.view.Terminal;
import io.tidemark.view.View;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "plan",
        header = "Shows what apply would do, and changes nothing.",
        description = {
            "Signs: + export, > resume, ~ refresh, ! republish.",
            "Windows that are exported and fine are only counted."
        },
        mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
    private final PrintStream out;

    @Parameters(paramLabel = "JOB", description = "A job file, such as jobs/demo.yaml.")
    private Path job = Path.of("");

    @Mixin private RangeOptions range = new RangeOptions();

    @Option(
            names = "--detailed-exitcode",
            description = "Exit with 2 where there is something to do.")
    private boolean detailedExitCode;

    @Option(names = "--json", description = "Print the plan as one JSON document.")
    private boolean json;

    @Mixin private CommonOptions common = new CommonOptions();

    PlanCommand(PrintStream out, PrintStream err) {
        this.out = out;
    }

    @Override
    public Integer call() throws Refusal {
        try (Session session =
                new Session(common.job(job), common.state(), InstantSource.system())) {
            Plan plan = session.look(range);
            View view =
                    json
                            ? View.forPrograms(out, View.PlanAs.DOCUMENT)
                            : View.forPeople(
                                    out,
                                    Terminal.ofThisProcess(System.getenv()),
                                    session.job().window().zone(),
                                    InstantSource.system());
            view.plan(plan);
            return (detailedExitCode && !plan.isEmpty() ? ExitCode.CHANGES : ExitCode.DONE).code();
        }
    }
}
