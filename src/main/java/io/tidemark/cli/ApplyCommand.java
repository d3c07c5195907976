package io.tidemark.cli;

import io.tidemark.run.Applied;
import io.tidemark.run.Apply;
import io.tidemark.view.Terminal;
import io.tidemark.view.View;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
    private final PrintStream out;
    private final InstantSource clock = InstantSource.system();

    @Parameters(paramLabel = "JOB", description = "A job file, such as jobs/demo.yaml.")
    private Path job = Path.of("");

    @Mixin private RangeOptions range = new RangeOptions();

    @Option(names = "--auto-approve", description = "Do not ask. Needed without a terminal.")
    private boolean autoApprove;

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    @Mixin private CommonOptions common = new CommonOptions();

    ApplyCommand(PrintStream out, PrintStream err) {
        this.out = out;
    }

    @Override
    public Integer call() throws Refusal {
        Terminal terminal = Terminal.ofThisProcess(System.getenv());
        if (!autoApprove && (json || !terminal.interactive())) {
            throw new Refusal(
                    "apply asks before it acts, and there is no terminal to ask on; give --auto-approve");
        }
        try (Session session = new Session(common.job(job), common.state(), clock)) {
            View view =
                    json
                            ? View.forPrograms(out, View.PlanAs.LINE)
                            : View.forPeople(out, terminal, session.job().window().zone(), clock);
            Session.Prepared prepared = session.prepare(range);
            view.plan(prepared.plan());
            if (prepared.plan().isEmpty()) {
                return ExitCode.DONE.code();
            }
            Approval.require(out, terminal, autoApprove, "Apply this plan?");
            return exitCode(apply(session, prepared, view)).code();
        }
    }

    private static Applied apply(Session session, Session.Prepared prepared, View view) {
        CountDownLatch ended = new CountDownLatch(1);
        try (Apply apply = session.apply(prepared)) {
            Thread onSignal =
                    new Thread(
                            () -> {
                                apply.stop();
                                awaitQuietly(ended);
                            },
                            "stop");
            // the runtime ends with 130 or 143 once this thread has ended
            Runtime.getRuntime().addShutdownHook(onSignal);
            try {
                Applied applied = apply.run(prepared.plan(), view.progress());
                view.applied(applied);
                return applied;
            } finally {
                removeQuietly(onSignal);
            }
        } finally {
            session.close();
            ended.countDown();
        }
    }

    private static ExitCode exitCode(Applied applied) {
        if (applied.isWhole()) {
            return ExitCode.DONE;
        }
        return applied.runFailure().isPresent() && applied.exported() == 0
                ? ExitCode.REFUSED
                : ExitCode.PARTLY;
    }

    private static void awaitQuietly(CountDownLatch ended) {
        try {
            ended.await();
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
