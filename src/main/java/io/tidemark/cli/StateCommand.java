package io.tidemark.cli;

import io.tidemark.job.JobSpec;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.State;
import io.tidemark.ledger.StateException;
import io.tidemark.ledger.StateLocation;
import io.tidemark.run.Apply;
import io.tidemark.view.StateScreen;
import io.tidemark.view.Terminal;
import io.tidemark.window.Every;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "state",
        header = "Shows what has been exported, and forgets it on request.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class StateCommand implements Runnable {
    private static final int MOST_QUARANTINED = 20;

    private final PrintStream out;

    @Spec private CommandSpec spec = CommandSpec.create();

    StateCommand(PrintStream out, PrintStream err) {
        this.out = out;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Missing: list, show, forget or prune");
    }

    @Command(
            name = "list",
            header = "A line for each window the ledger knows.",
            mixinStandardHelpOptions = true)
    void list(
            @Parameters(paramLabel = "JOB", description = "A job file.") Path job,
            @Mixin RangeOptions range,
            @Option(names = "--json", description = "Print one JSON document.") boolean json,
            @Mixin CommonOptions common)
            throws Refusal {
        JobSpec spec = common.job(job);
        try (State state = open(spec, common.state())) {
            List<Entry> entries = range.pick(state.ledger().entries(), spec.window());
            StateScreen screen = new StateScreen(out);
            if (json) {
                screen.listForPrograms(spec.name(), entries);
            } else {
                screen.list(entries);
            }
        }
    }

    @Command(
            name = "show",
            header = "All that is known of windows: receipts, verdict, quarantine.",
            mixinStandardHelpOptions = true)
    void show(
            @Parameters(paramLabel = "JOB", description = "A job file.") Path job,
            @Mixin RangeOptions range,
            @Option(names = "--json", description = "Print one JSON document.") boolean json,
            @Mixin CommonOptions common)
            throws Refusal {
        JobSpec spec = common.job(job);
        try (State state = open(spec, common.state())) {
            Ledger ledger = state.ledger();
            List<StateScreen.Known> windows =
                    range.pick(ledger.entries(), spec.window()).stream()
                            .map(entry -> known(ledger, entry))
                            .toList();
            StateScreen screen = new StateScreen(out);
            if (json) {
                screen.showForPrograms(spec.name(), windows);
            } else {
                windows.forEach(screen::show);
            }
        }
    }

    private static StateScreen.Known known(Ledger ledger, Entry entry) {
        int attempt = entry.exported().map(Entry.Export::attempt).orElse(0);
        return new StateScreen.Known(
                entry,
                ledger.receipts(entry.window(), attempt),
                ledger.quarantined(entry.window(), attempt, MOST_QUARANTINED));
    }

    @Command(
            name = "forget",
            header = "Drops windows from the ledger, so that they are exported again.",
            description =
                    "What was exported stays where it is: no file and no row is deleted. "
                            + "Without --from, --to and --function: all windows of the job.",
            mixinStandardHelpOptions = true)
    void forget(
            @Parameters(paramLabel = "JOB", description = "A job file.") Path job,
            @Mixin RangeOptions range,
            @Option(
                            names = "--auto-approve",
                            description = "Do not ask. Needed without a terminal.")
                    boolean autoApprove,
            @Mixin CommonOptions common)
            throws Refusal {
        JobSpec spec = common.job(job);
        try (State state = open(spec, common.state());
                Lease lease = state.acquireLease()) {
            Ledger ledger = lease.ledger();
            List<Entry> entries = range.pick(ledger.entries(), spec.window());
            if (entries.isEmpty()) {
                throw new Refusal(
                        "Nothing to forget: the ledger has no such window; tidemark state list shows what it has");
            }
            String what =
                    "%d %s of job '%s'"
                            .formatted(
                                    entries.size(),
                                    entries.size() == 1 ? "window" : "windows",
                                    spec.name());
            Approval.require(
                    out,
                    Terminal.ofThisProcess(System.getenv()),
                    autoApprove,
                    "Forget " + what + "?");
            entries.forEach(entry -> ledger.forget(entry.window()));
            lease.group().flush();
            out.println("Forgotten: " + what + "; what was exported stays where it is.");
        } catch (StateException failure) {
            throw Session.refusal(failure);
        }
    }

    @Command(
            name = "prune",
            header = "Drops the batch job's own metadata of attempts that have ended.",
            description = "The ledger stays: plans are the same before and after.",
            mixinStandardHelpOptions = true)
    void prune(
            @Parameters(paramLabel = "JOB", description = "A job file.") Path job,
            @Option(
                            names = "--older-than",
                            paramLabel = "PERIOD",
                            required = true,
                            description = "Of attempts that ended longer ago, such as P30D.")
                    String olderThan,
            @Mixin CommonOptions common)
            throws Refusal {
        JobSpec spec = common.job(job);
        Instant before =
                Every.parse(olderThan)
                        .map(length ->
                                length.shift(
                                        InstantSource.system().instant(), -1, spec.window().zone()))
                        .orElseThrow(() ->
                                new Refusal(
                                        "--older-than: '%s' is no period such as P30D or PT12H"
                                                .formatted(olderThan)));
        try (State state = open(spec, common.state());
                Lease lease = state.acquireLease()) {
            out.println(
                    "Pruned the metadata of %d attempts."
                            .formatted(Apply.prune(state, lease, spec.name(), before)));
        } catch (StateException failure) {
            throw Session.refusal(failure);
        }
    }

    private static State open(JobSpec job, StateLocation location) throws Refusal {
        try {
            if (!State.exists(location, job.name())) {
                throw Session.noState(location, job);
            }
            return Session.open(job, location, "state", InstantSource.system().instant(), 2);
        } catch (StateException failure) {
            throw Session.refusal(failure);
        }
    }
}
