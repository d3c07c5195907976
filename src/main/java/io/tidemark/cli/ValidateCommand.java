package io.tidemark.cli;

import io.tidemark.job.JobFileException;
import io.tidemark.job.Problem;
import io.tidemark.view.Machines;
import io.tidemark.view.Printable;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Mixin private CommonOptions common = new CommonOptions();

    ValidateCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        Map<Path, List<Problem>> problems = new LinkedHashMap<>();
        for (Path job : jobs) {
            problems.put(job, problems(job));
        }
        boolean wrong = problems.values().stream().anyMatch(found -> !found.isEmpty());
        if (json) {
            new Machines(out).validated(problems);
        } else {
            problems.forEach((job, found) -> {
                if (found.isEmpty()) {
                    out.println(job + ": ok");
                } else {
                    found.forEach(problem -> err.println(Printable.lines(problem.toString())));
                }
            });
        }
        return (wrong ? ExitCode.REFUSED : ExitCode.DONE).code();
    }

    private List<Problem> problems(Path job) {
        try {
            CommonOptions.warn(common.read(job), err);
            return List.of();
        } catch (JobFileException wrong) {
            return wrong.problems();
        }
    }
}
