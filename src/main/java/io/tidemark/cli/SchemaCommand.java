package io.tidemark.cli;

import io.tidemark.job.JobSchema;
import java.io.PrintStream;
import picocli.CommandLine.Command;

@Command(
        name = "schema",
        header = "Prints the JSON Schema of job files, for editors.",
        description = {
            "Save it, and name it in the first line of a job file:",
            "# yaml-language-server: $schema=tidemark.schema.json"
        },
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Runnable {
    private final PrintStream out;

    SchemaCommand(PrintStream out, PrintStream err) {
        this.out = out;
    }

    @Override
    public void run() {
        out.print(JobSchema.text());
    }
}
