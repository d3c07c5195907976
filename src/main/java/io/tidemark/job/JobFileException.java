package io.tidemark.job;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** A job file that cannot be used, with everything that is wrong with it. */
public final class JobFileException extends Exception {
    private final List<Problem> problems;

    JobFileException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one, in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }
}
