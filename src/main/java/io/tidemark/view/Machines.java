package io.tidemark.view;

import io.tidemark.job.Problem;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What programs are told of commands that have nothing else to show. */
public final class Machines {
    private final PrintStream out;

    public Machines(PrintStream out) {
        this.out = out;
    }

    /** A command was refused. */
    public void refused(int exit, String message, Instant now) {
        out.println(Documents.line("error", now, new Documents.Refused(exit, message)));
    }

    /**
     * @param problems of each file, in order; none where it can be used
     */
    public void validated(Map<Path, List<Problem>> problems) {
        Map<Path, List<Problem>> files = new LinkedHashMap<>(problems);
        out.println(
                Documents.document(
                        new Documents.Validated(
                                Documents.FORMAT_VERSION,
                                files.entrySet().stream()
                                        .map(file ->
                                                new Documents.CheckedFile(
                                                        file.getKey().toString(),
                                                        file.getValue().isEmpty(),
                                                        file.getValue().stream()
                                                                .map(Documents.Wrong::of)
                                                                .toList()))
                                        .toList())));
    }
}
