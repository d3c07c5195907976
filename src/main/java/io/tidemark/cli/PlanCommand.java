package io.tidemark.cli;

import io.tidemark.plan.JobSettings;
import io.tidemark.plan.Plan;
import io.tidemark.plan.SavedPlan;
import io.tidemark.view.PlanFile;
import io.tidemark.view.Terminal;
import io.tidemark.view.View;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "plan",
        header = "Shows what apply would do, and changes nothing.",
        description = {
            "Signs: + export, > resume, ~ update, ! republish.",
            "Windows that are exported and fine are only counted."
        },
        mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
    private final PrintStream out;
    private final InstantSource clock;
    private final PrintStream err;

    @Parameters(paramLabel = "JOB", description = "A job file, such as jobs/demo.yaml.")
    private Path job = Path.of("");

    @Mixin private PlanningOptions options = new PlanningOptions();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Save the plan, to apply exactly this: tidemark apply FILE.")
    private @Nullable Path saveTo;

    @Option(
            names = "--detailed-exitcode",
            description = "Exit with 2 where there is something to do.")
    private boolean detailedExitCode;

    @Option(names = "--json", description = "Print the plan as one JSON document.")
    private boolean json;

    @Mixin private CommonOptions common = new CommonOptions();

    PlanCommand(PrintStream out, PrintStream err, InstantSource clock) {
        this.clock = clock;
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Refusal {
        try (Session session = new Session(common.job(job), common.state(), clock)) {
            CommonOptions.warn(session.job(), err);
            View view =
                    json
                            ? View.forPrograms(out, View.PlanAs.DOCUMENT, clock)
                            : View.forPeople(
                                    out,
                                    Terminal.ofThisProcess(System.getenv()),
                                    session.job().window().zone(),
                                    clock);
            session.tell(view::doing);
            Session.Looked looked = session.look(options);
            Plan plan = looked.plan();
            if (saveTo != null) {
                save(
                        new PlanFile.Content(
                                new SavedPlan(
                                        plan,
                                        job.toString(),
                                        JobSettings.of(session.job()),
                                        looked.stateLocation(),
                                        looked.state()),
                                looked.learned()),
                        saveTo);
            }
            view.plan(plan, looked.learned());
            if (saveTo != null) {
                view.note("Saved. To apply exactly this: tidemark apply " + saveTo);
            }
            return (detailedExitCode && !plan.isEmpty() ? ExitCode.CHANGES : ExitCode.DONE).code();
        }
    }

    private static void save(PlanFile.Content plan, Path file) throws Refusal {
        try {
            PlanFile.write(plan, file);
        } catch (IOException cannot) {
            throw new Refusal("%s: the plan cannot be saved: %s".formatted(file, cannot));
        }
    }
}
