package io.tidemark.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "validate",
        header = "Checks job files, and tells everything that is wrong with them.",
        description = "Reads nothing but the files; exit code 1 where one is wrong.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    private final PrintStream out;
    private final PrintStream err;

    @Parameters(
            paramLabel = "JOB",
            arity = "1..*",
            description = "Job files, such as jobs/demo.yaml.")
    private List<Path> jobs = List.of();

    @Mixin private CommonOptions common = new CommonOptions();

    ValidateCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        ExitCode exit = ExitCode.DONE;
        for (Path job : jobs) {
            try {
                CommonOptions.warn(common.job(job), err);
                out.println(job + ": ok");
            } catch (Refusal wrong) {
                err.println(wrong.getMessage());
                exit = wrong.exitCode();
            }
        }
        return exit.code();
    }
}
