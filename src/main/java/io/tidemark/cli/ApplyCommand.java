package io.tidemark.cli;

import io.tidemark.plan.SavedPlan;
import io.tidemark.run.Applied;
import io.tidemark.run.Apply;
import io.tidemark.run.ApplyListener;
import io.tidemark.view.PlanFile;
import io.tidemark.view.Terminal;
import io.tidemark.view.View;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "apply",
        header = "Exports what is missing, and does nothing where nothing is.",
        description = {
            "Shows the plan, asks, and makes it so. May be stopped or killed at any",
            "time: the next apply goes on from the last committed page."
        },
        mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
    /**
     * How long the end of a stopped apply may take: longer than it waits for pages, shorter than
     * the 30 seconds after which schedulers kill.
     */
    private static final Duration LONGEST_END = Duration.ofSeconds(20);

    private final PrintStream out;
    private final PrintStream err;
    private final InstantSource clock;

    @Parameters(
            paramLabel = "JOB|PLANFILE",
            description =
                    "A job file, such as jobs/demo.yaml, or what tidemark plan --out FILE "
                            + "saved.")
    private Path file = Path.of("");

    @Mixin private PlanningOptions options = new PlanningOptions();

    @Option(names = "--auto-approve", description = "Do not ask. Needed without a terminal.")
    private boolean autoApprove;

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    @Mixin private CommonOptions common = new CommonOptions();

    ApplyCommand(PrintStream out, PrintStream err, InstantSource clock) {
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Refusal {
        Terminal terminal = Terminal.ofThisProcess(System.getenv());
        if (!autoApprove && (json || !terminal.interactive())) {
            throw new Refusal(
                    "apply asks before it acts, and there is no terminal to ask on; give --auto-approve");
        }
        Optional<SavedPlan> saved = saved();
        Path job = saved.map(plan -> Path.of(plan.jobFile())).orElse(file);
        try (Session session = new Session(common.job(job), common.state(), clock)) {
            CommonOptions.warn(session.job(), err);
            View view =
                    json
                            ? View.forPrograms(out, View.PlanAs.LINE, clock)
                            : View.forPeople(out, terminal, session.job().window().zone(), clock);
            session.tell(view::doing);
            Session.Prepared prepared =
                    saved.isPresent() ? session.prepare(saved.get()) : session.prepare(options);
            view.plan(prepared.plan(), prepared.source().learned());
            if (prepared.plan().isEmpty()) {
                session.clearAway(prepared);
                if (json) {
                    view.applied(Applied.nothing());
                }
                return ExitCode.DONE.code();
            }
            Approval.require(out, terminal, autoApprove, "Apply this plan?");
            return exitCode(apply(session, prepared, saved.isPresent(), view)).code();
        }
    }

    /** Empty where a job file is named. */
    private Optional<SavedPlan> saved() throws Refusal {
        if (!PlanFile.isOne(file)) {
            return Optional.empty();
        }
        if (options.range.isGiven()) {
            throw new Refusal(
                    "%s is a saved plan, which is applied as it is: --from, --to and --function belong to `tidemark plan`"
                            .formatted(file));
        }
        return Optional.of(ShowCommand.read(file).saved());
    }

    private Applied apply(Session session, Session.Prepared prepared, boolean saved, View view) {
        CountDownLatch ended = new CountDownLatch(1);
        Apply apply = session.apply(prepared);
        ApplyListener progress = view.progress();
        // the runtime ends with 130 or 143 once this thread has ended
        Thread onSignal =
                new Thread(
                        () -> {
                            progress.stops();
                            apply.stop();
                            awaitEnd(ended);
                        },
                        "stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try (session;
                apply) {
            Applied applied =
                    saved
                            ? apply.runSaved(prepared.plan(), progress)
                            : apply.run(prepared.plan(), progress);
            view.applied(applied);
            return applied;
        } finally {
            ended.countDown();
            removeQuietly(onSignal);
        }
    }

    private static ExitCode exitCode(Applied applied) {
        if (applied.leaseLost()) {
            return ExitCode.HELD;
        }
        if (applied.isWhole()) {
            return ExitCode.DONE;
        }
        return applied.runFailure().isPresent() && applied.exported() + applied.republished() == 0
                ? ExitCode.REFUSED
                : ExitCode.PARTLY;
    }

    private void awaitEnd(CountDownLatch ended) {
        try {
            if (!ended.await(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
                err.println(
                        "Broken off, because a sink or the state did not answer. The next apply goes on from what was committed.");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeQuietly(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // it is running
        }
    }
}
