package io.tidemark.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What may stand in a job file, as a JSON Schema. */
public final class JobSchema {
    private static final String FILE = "job.schema.json";

    private JobSchema() {}

    /** The whole document, ended by a line end. */
    public static String text() {
        try (InputStream in = JobSchema.class.getResourceAsStream(FILE)) {
            return new String(
                    Objects.requireNonNull(in, FILE).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
