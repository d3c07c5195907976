package io.tidemark.cli;

import io.tidemark.job.JobFile;
import io.tidemark.job.JobFileException;
import io.tidemark.job.JobSpec;
import io.tidemark.job.SourceSpec;
import io.tidemark.job.Variables;
import io.tidemark.ledger.StateLocation;
import io.tidemark.source.Sources;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command understands that works on a job. */
final class CommonOptions {
    @Option(
            names = "--var",
            paramLabel = "NAME=VALUE",
            description = "What $${NAME} in the job file stands for; else the environment says.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Option(
            names = "--state",
            paramLabel = "DIR|URL",
            description =
                    "Where it is kept what has been exported: a directory (default: "
                            + ".tidemark) or the JDBC URL of a PostgreSQL database. Also "
                            + "TIDEMARK_STATE.")
    private @Nullable String state;

    JobSpec job(Path file) throws Refusal {
        try {
            return read(file);
        } catch (JobFileException wrong) {
            throw new Refusal(wrong.getMessage());
        }
    }

    JobSpec read(Path file) throws JobFileException {
        return JobFile.read(file, Variables.ofEnvironment(variables));
    }

    /** Says what a person should know before anything is sent to the source. */
    static void warn(JobSpec job, PrintStream err) {
        if (job.source().origin() instanceof SourceSpec.Cloud cloud) {
            Sources.warnings(cloud).forEach(text -> err.println("Warning: " + text));
        }
    }

    StateLocation state() throws Refusal {
        String text = state != null ? state : System.getenv("TIDEMARK_STATE");
        try {
            return text == null || text.isEmpty()
                    ? new StateLocation.Directory(StateLocation.DEFAULT_DIRECTORY)
                    : StateLocation.of(text);
        } catch (IllegalArgumentException wrong) {
            throw new Refusal("--state or TIDEMARK_STATE: " + wrong.getMessage());
        }
    }
}
