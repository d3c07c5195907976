package io.tidemark.cli;

import io.tidemark.view.Machines;
import io.tidemark.view.Printable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tidemark}: reads the command line and ends with an exit code. */
@Command(
        name = "tidemark",
        header = "Keeps a copy of FunctionGraph's short-lived asynchronous invocation records.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            ValidateCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            ShowCommand.class,
            VerifyCommand.class,
            StateCommand.class,
            SchemaCommand.class,
            SandboxCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "A job file declares functions, time range and sinks; plan shows what is",
            "missing, apply makes it so, and applying again does nothing.",
            "",
            "Try it:  tidemark apply jobs/demo.yaml",
            "",
            "Exit codes:",
            "  0        done",
            "  1        refused or failed as a whole; nothing was half done",
            "  2        plan --detailed-exitcode: there is something to do;",
            "           verify: something differs",
            "  3        applied, but some windows failed or are incomplete",
            "  4        another apply holds the lease of the job",
            "  130,143  stopped by SIGINT, SIGTERM; the next apply goes on from there"
        })
public final class Main {
    private Main() {}

    /** Runs one command line on this process's streams; returns the exit code. */
    public static int run(String... args) {
        // set before anything logs: what is logged goes to a file, and Spring must not change that
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        // what libraries log for the console
        LogManager.getLogManager().reset();
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        System.setOut(out);
        System.setErr(err);
        CommandLine commandLine = commandLine(out, err, InstantSource.system());
        int exit = commandLine.execute(withTwoDashes(commandLine, args));
        if (out.checkError() && (exit == ExitCode.DONE.code() || exit == ExitCode.CHANGES.code())) {
            err.println("What was to be printed could not be written.");
            return ExitCode.REFUSED.code();
        }
        return exit;
    }

    static CommandLine commandLine(PrintStream out, PrintStream err, InstantSource clock) {
        CommandLine commandLine = new CommandLine(new Main(), new Factory(out, err, clock));
        commandLine.setUsageHelpWidth(80);
        commandLine.setUsageHelpAutoWidth(false);
        commandLine.setOut(new java.io.PrintWriter(out, true));
        commandLine.setErr(new java.io.PrintWriter(err, true));
        commandLine.setParameterExceptionHandler((wrong, given) -> {
            CommandLine command = wrong.getCommandLine();
            if (List.of(given).contains("--json")) {
                refuseForPrograms(out, ExitCode.REFUSED, wrong.getMessage(), clock);
                return ExitCode.REFUSED.code();
            }
            err.println(wrong.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
            err.println("See: %s --help".formatted(command.getCommandSpec().qualifiedName()));
            return ExitCode.REFUSED.code();
        });
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            boolean json =
                    parsed.asCommandLineList()
                            .getLast()
                            .getParseResult()
                            .hasMatchedOption("--json");
            ExitCode exit = ExitCode.REFUSED;
            String message;
            if (failure instanceof Refusal refusal) {
                exit = refusal.exitCode();
                message = String.valueOf(refusal.getMessage());
            } else {
                LoggerFactory.getLogger(Main.class).error("unexpected", failure);
                message =
                        "Unexpected: %s. Please report this, with the log if there is one."
                                .formatted(failure);
            }
            if (json) {
                refuseForPrograms(out, exit, message, clock);
            } else {
                err.println(Printable.lines(message));
            }
            return exit.code();
        });
        return commandLine;
    }

    private static void refuseForPrograms(
            PrintStream out, ExitCode exit, @Nullable String message, InstantSource clock) {
        new Machines(out).refused(exit.code(), String.valueOf(message), clock.instant());
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "tidemark " + (version == null ? "(not packaged)" : version),
                "Java " + Runtime.version()
            };
        }
    }

    /** Hands commands the streams they print to, and the clock to those that look at it. */
    private record Factory(PrintStream out, PrintStream err, InstantSource clock)
            implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            List<Object> given = List.of(out, err, clock);
            for (var constructor : type.getDeclaredConstructors()) {
                int taken = constructor.getParameterCount();
                if (taken >= 2 && constructor.getParameterTypes()[0] == PrintStream.class) {
                    return type.cast(constructor.newInstance(given.subList(0, taken).toArray()));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }

    /**
     * Long options also work with one dash, as Terraform's users type them: {@code -auto-approve}.
     */
    static String[] withTwoDashes(CommandLine commandLine, String... args) {
        Set<String> known = longOptions(commandLine.getCommandSpec());
        return Arrays.stream(args)
                .map(arg -> known.contains("-" + arg.replaceFirst("=.*", "")) ? "-" + arg : arg)
                .toArray(String[]::new);
    }

    private static Set<String> longOptions(CommandSpec spec) {
        Set<String> names = new TreeSet<>();
        spec.options().forEach(option -> names.addAll(Arrays.asList(option.names())));
        spec.subcommands().values().forEach(sub -> names.addAll(longOptions(sub.getCommandSpec())));
        names.removeIf(name -> !name.startsWith("--"));
        return names;
    }
}
