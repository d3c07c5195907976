package io.tidemark.job;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Short ways to a job or to its problems. */
final class Jobs {
    /** Stands for every secret of the tests: no problem may ever repeat it. */
    static final String CANARY = "s3cr3t-canary";

    static final Map<String, String> VARIABLES =
            Map.ofEntries(
                    Map.entry("TOKEN", CANARY),
                    Map.entry("PASSWORD", CANARY),
                    Map.entry("SIZE", "250"),
                    Map.entry("WORD", "abc"),
                    Map.entry("EMPTY", ""),
                    Map.entry("LINES", CANARY + "\nb"),
                    Map.entry("LEAKY_URL", "https://me:" + CANARY + "@fg.example.com"),
                    Map.entry("LEAKY_JDBC", "jdbc:postgresql://db/audit?password=" + CANARY),
                    Map.entry("YAML", "a\n  page-size: 1"));

    private Jobs() {}

    static Variables variables() {
        return Variables.of(VARIABLES, name -> name.equals("FROM_ENVIRONMENT") ? "env" : null);
    }

    /** Every variable is set. */
    static Variables anything() {
        return Variables.of(
                VARIABLES, name -> "some-" + name.toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    static JobSpec parse(String yaml) throws JobFileException {
        return JobFile.parse(yaml, "x.yaml", variables());
    }

    static List<Problem> problemsOf(String yaml) {
        return Objects.requireNonNull(
                        catchThrowableOfType(JobFileException.class, () -> parse(yaml)),
                        "the file is good")
                .problems();
    }
}
