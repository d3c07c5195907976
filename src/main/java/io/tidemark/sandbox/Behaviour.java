package io.tidemark.sandbox;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the server behaves where the vendor's documentation is silent, or where other clients saw
 * more than it says.
 *
 * <p>Each switch is one enum below, and its first value is the default: the plainest documented
 * behaviour. A new switch is a new enum; parsing, listing and the tests' matrix find it by
 * themselves.
 */
public final class Behaviour {

    /** One question the documentation leaves open; its values are the answers. */
    public sealed interface Switch {

        /** What the switch is called in {@link Behaviour#with(String)}: {@code last-marker}. */
        default String switchName() {
            return nameOf(getClass());
        }

        /** What this value is called there: {@code plus-rows}. */
        default String valueName() {
            return toString().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /**
         * Whether a client that follows the markers once, from the first page to the last, has then
         * seen every record of a window of any size.
         */
        default boolean onePassSeesAll() {
            return this != Order.UNSTABLE
                    && this != Marker.IGNORED
                    && this != Depth.REFUSED_BEYOND_10000;
        }
    }

    /**
     * The order of records, by the time the window filters. Unstable: with every request, records
     * change places with those up to six positions away, so that some are seen twice and others not
     * at all at the borders of pages.
     */
    public enum Order implements Switch {
        NEWEST_FIRST,
        OLDEST_FIRST,
        UNSTABLE
    }

    /** Which time begin and end of a query are compared with; where it has none, its log time. */
    public enum WindowTime implements Switch {
        START,
        END,
        LOG
    }

    /** Whether {@code query_begin_time} itself is in the window. */
    public enum BeginBound implements Switch {
        INCLUSIVE,
        EXCLUSIVE
    }

    /** Whether {@code query_end_time} itself is in the window. */
    public enum EndBound implements Switch {
        INCLUSIVE,
        EXCLUSIVE
    }

    /** What the last page of a list says in {@code next_marker}. */
    public enum LastMarker implements Switch {
        ABSENT,
        NULL,
        ZERO,
        SAME,
        PLUS_ROWS
    }

    /** How a {@code next_marker} is written. */
    public enum MarkerType implements Switch {
        NUMBER,
        TEXT
    }

    /** Whether the {@code marker} of a request is heeded, or the first page comes every time. */
    public enum Marker implements Switch {
        OBEYED,
        IGNORED
    }

    /** What a list says in {@code count}. Too high and too low are off by one. */
    public enum Count implements Switch {
        TOTAL,
        ABSENT,
        TEXT,
        PAGE_ROWS,
        TOO_HIGH,
        TOO_LOW
    }

    /** The answer to a marker behind the last record. */
    public enum PastEnd implements Switch {
        EMPTY,
        LAST_PAGE_AGAIN,
        REFUSED
    }

    /** What becomes of a {@code limit} that is too high. */
    public enum Limit implements Switch {
        CLAMPED_TO_500,
        REFUSED_ABOVE_500,
        CLAMPED_TO_64
    }

    /** How deep into a list a page may lie. */
    public enum Depth implements Switch {
        UNLIMITED,
        REFUSED_BEYOND_10000
    }

    /** Whether some pages in mid-list hold fewer rows than were asked for. */
    public enum PageFill implements Switch {
        FULL,
        SOME_SHORT
    }

    /** What {@code invocations} is when there are none. */
    public enum NoRows implements Switch {
        EMPTY_LIST,
        NULL
    }

    /** How times are written. All mean UTC; the offset is one of two hours. */
    public enum TimeFormat implements Switch {
        PLAIN,
        ZULU,
        OFFSET,
        FRACTION,
        SPACE
    }

    /** What stands in {@code start_time} and {@code end_time} while there is none. */
    public enum OpenTime implements Switch {
        EMPTY,
        ABSENT,
        NULL
    }

    /** Whether some records claim to have started in the year 1 or 12022. */
    public enum Years implements Switch {
        REAL,
        SOME_ABSURD
    }

    /**
     * What stands in {@code error_code}: a number or a text, 0 where nothing failed; or nothing at
     * all where nothing failed, in three ways.
     */
    public enum ErrorCode implements Switch {
        NUMBER,
        TEXT,
        EMPTY,
        NULL,
        ABSENT
    }

    /**
     * What error messages are made of. Hostile ones are what breaks careless writers and readers of
     * files, and what attacks terminals and spreadsheets; some are a megabyte of it.
     */
    public enum Messages implements Switch {
        REALISTIC,
        SOME_HUGE,
        HOSTILE
    }

    /**
     * What functions are called. Hostile names climb directories, are too long for one, differ in
     * capitals only, or look like formulas, quotes and escapes.
     */
    public enum Names implements Switch {
        REALISTIC,
        HOSTILE
    }

    /**
     * Whether some final records have a status that nobody documented, or those that wait or run
     * are called {@code PROCESSING}.
     */
    public enum StatusWords implements Switch {
        DOCUMENTED,
        SOME_UNKNOWN,
        OPEN_UNKNOWN
    }

    /** Whether the parameter {@code status} is heeded, or records in all statuses are listed. */
    public enum StatusFilter implements Switch {
        HEEDED,
        IGNORED
    }

    /**
     * What request ids look like; opaque ones are 64 characters long, hostile ones begin with what
     * attacks terminals, spreadsheets and paths.
     */
    public enum RequestIds implements Switch {
        UUID,
        OPAQUE,
        HOSTILE
    }

    /**
     * What is wrong with one record in a hundred, so that no client can normalise it. Those are not
     * in {@link Sandbox#truth()}, but counted by {@link Sandbox#damaged()}.
     */
    public enum Damage implements Switch {
        NONE,
        NO_REQUEST_ID,
        NUL_IN_MESSAGE,
        LONE_SURROGATE_IN_MESSAGE,
        TIME_THAT_IS_NONE
    }

    /**
     * Whether the second function records anything, and what is answered for it when it does not.
     */
    public enum Persistence implements Switch {
        ON,
        OFF_AND_EMPTY,
        OFF_AND_REFUSED
    }

    /** How the function list names functions. */
    public enum ListedUrn implements Switch {
        WITHOUT_VERSION,
        WITH_LATEST
    }

    /** Whether requests need {@code Content-Type: application/json}, even GET. */
    public enum ContentType implements Switch {
        MANDATORY,
        OPTIONAL
    }

    /** How a token that is not, or no longer, valid is answered. */
    public enum BadToken implements Switch {
        APIGW_401,
        FSS_401,
        FSS_403
    }

    private static final Behaviour PLAIN = new Behaviour(Map.of());

    private final Map<Class<?>, Switch> choices;

    private Behaviour(Map<Class<?>, Switch> choices) {
        this.choices = Map.copyOf(choices);
    }

    /** Every switch on its default. */
    public static Behaviour plain() {
        return PLAIN;
    }

    /** This, with other answers for the switches that are named. */
    public Behaviour with(Switch... answers) {
        Map<Class<?>, Switch> changed = new HashMap<>(choices);
        for (Switch answer : answers) {
            changed.put(answer.getClass(), answer);
        }
        return new Behaviour(changed);
    }

    /**
     * This, with another answer, as people type it: {@code last-marker=plus-rows}.
     *
     * @throws IllegalArgumentException where there is no such switch or value; says which there are
     */
    public Behaviour with(String choice) {
        String[] parts = choice.split("=", 2);
        List<Switch> answers =
                values().filter(value -> value.switchName().equals(parts[0])).toList();
        if (answers.isEmpty()) {
            throw new IllegalArgumentException(
                    "no switch '%s'; there are: %s"
                            .formatted(
                                    parts[0],
                                    values().map(Switch::switchName)
                                            .distinct()
                                            .collect(Collectors.joining(", "))));
        }
        for (Switch answer : answers) {
            if (parts.length == 2 && answer.valueName().equals(parts[1])) {
                return with(answer);
            }
        }
        throw new IllegalArgumentException(
                "'%s' is no choice; write one of: %s"
                        .formatted(
                                choice,
                                answers.stream()
                                        .map(answer -> parts[0] + "=" + answer.valueName())
                                        .collect(Collectors.joining(", "))));
    }

    /** The answer to one switch. */
    public <S extends Enum<S> & Switch> S of(Class<S> which) {
        Switch chosen = choices.get(which);
        return chosen == null ? which.getEnumConstants()[0] : which.cast(chosen);
    }

    /** Every value of every switch, for a matrix of tests and for help texts. */
    public static Stream<Switch> values() {
        return Arrays.stream(Switch.class.getPermittedSubclasses())
                .flatMap(type -> Arrays.stream(type.getEnumConstants()))
                .map(Switch.class::cast);
    }

    private static String nameOf(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Behaviour that && choices.equals(that.choices);
    }

    @Override
    public int hashCode() {
        return choices.hashCode();
    }

    /** The choices that are not the default: {@code order=unstable, count=absent}. */
    @Override
    public String toString() {
        return choices.values().stream()
                .map(choice -> choice.switchName() + "=" + choice.valueName())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
