package io.tidemark.view;

import io.tidemark.window.Warning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Warnings as sentences: what is, what it means, what to do.
 *
 * @param label how an instant is written
 */
record WarningText(Function<Instant, String> label) {
    private static final int MOST_NAMES = 5;
    private static final int LONGEST_WORD = 40;

    /** A sentence for each thing there is to know: functions with the same lot share one. */
    List<String> folded(List<Warning> warnings) {
        List<String> unrecorded = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Warning warning : warnings) {
            switch (warning) {
                case Warning.NothingRecorded off -> unrecorded.add(off.feed().name());
                case Warning.Forgotten retention -> others.add(of(retention));
                case Warning.UndocumentedStatus words -> others.add(of(words));
            }
        }
        List<String> sentences = new ArrayList<>();
        if (!unrecorded.isEmpty()) {
            sentences.add(persistenceOff(names(unrecorded)));
        }
        sentences.addAll(others);
        return sentences;
    }

    String of(Warning warning) {
        return switch (warning) {
            case Warning.NothingRecorded off -> persistenceOff(off.feed().name());
            case Warning.Forgotten retention ->
                    "the plan begins at %s, and the source lists nothing before %s, as far as it was asked. %sOlder records are gone, or there never were any: they are kept for 30 days, or as long as the log retention of the account says. Begin later (window.from, --from), and raise the retention for what is to come."
                            .formatted(
                                    label.apply(retention.begin()),
                                    label.apply(retention.listedFrom()),
                                    retention.certain()
                                            ? "No retention is longer than 365 days. "
                                            : "");
            case Warning.UndocumentedStatus(List<String> words) ->
                    "the source uses words for a status that are not documented: %s. Such records stand as UNKNOWN, with the source's word in raw_status; those without an end are open, and read again until settle has passed."
                            .formatted(
                                    words.stream()
                                            .limit(MOST_NAMES)
                                            .map(WarningText::quoted)
                                            .collect(Collectors.joining(", ")));
        };
    }

    /** What a source says may be of any length. */
    private static String quoted(String word) {
        boolean isWhole = word.codePointCount(0, word.length()) <= LONGEST_WORD;
        int end = isWhole ? word.length() : word.offsetByCodePoints(0, LONGEST_WORD);
        return "\"" + Printable.line(word.substring(0, end)) + (isWhole ? "" : "…") + "\"";
    }

    private static String persistenceOff(String functions) {
        return "persistence is off: nothing is recorded of %s, so that empty windows prove nothing. Switch on \"asynchronous invocation status persistence\" in the function's asynchronous configuration. Windows that were exported while it was off are read again after `tidemark state forget`."
                .formatted(functions);
    }

    private static String names(List<String> functions) {
        String first =
                String.join(", ", functions.subList(0, Math.min(MOST_NAMES, functions.size())));
        return functions.size() <= MOST_NAMES
                ? first
                : "%s and %s more functions (all of them: --json)"
                        .formatted(first, PlanScreen.number(functions.size() - MOST_NAMES));
    }
}
