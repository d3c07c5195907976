package io.tidemark.job;

/**
 * One thing that is wrong with a job file. Never holds a secret: a value that came from a variable
 * or a file is spoken of by its reference, and the text of a secret is not repeated even where it
 * stands in the job file itself.
 *
 * @param file the job file, as it was named
 * @param line from 1; 0 where the file as a whole is meant
 * @param column from 1, in characters; 0 where the file as a whole is meant
 * @param path what is meant, as a JSON pointer such as {@code /sinks/0/csv/path}; empty for the
 *     file as a whole
 * @param message what is wrong
 * @param hint what would be right; may be empty
 */
public record Problem(String file, int line, int column, String path, String message, String hint) {

    /** {@code jobs/x.yaml:6:7: /source/endpoint: what is wrong (what would be right)}. */
    @Override
    public String toString() {
        return file
                + (line == 0 ? "" : ":" + line + ":" + column)
                + ": "
                + (path.isEmpty() ? "" : path + ": ")
                + message
                + (hint.isEmpty() ? "" : " (" + hint + ")");
    }
}
