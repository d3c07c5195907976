package io.tidemark.sandbox;

import io.tidemark.sandbox.Behaviour.Damage;
import io.tidemark.sandbox.Behaviour.Persistence;
import io.tidemark.sandbox.Behaviour.RequestIds;
import io.tidemark.sandbox.Behaviour.StatusWords;
import io.tidemark.sandbox.Behaviour.TimeFormat;
import io.tidemark.sandbox.Behaviour.WindowTime;
import io.tidemark.sandbox.Behaviour.Years;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the server holds: a stretch of {@link History} that ends now, and the state of each record
 * in it. "Now" is handed in, so that one answer speaks of one instant. Times are milliseconds since
 * 1970.
 */
final class Archive {
    private static final String[] UNDOCUMENTED = {"TIMEOUT", "CANCELLED", "success", "已完成"};
    private static final long[] ABSURD = {
        Instant.parse("0001-01-01T00:00:00Z").toEpochMilli(),
        Instant.parse("+12022-03-04T05:06:07Z").toEpochMilli()
    };

    /** What the listings that are kept may weigh together, in records: 16 MB. */
    private static final long MOST_KEPT = 4_000_000;

    private final SandboxSettings.Data data;
    private final Behaviour behaviour;
    private final List<FunctionUrn> functions;
    private final History history;
    private final ErrorTexts errorTexts;
    private final boolean wholeSeconds;
    private final WindowTime windowTime;
    private final StatusWords statusWords;
    private final Years years;
    private final Damage damage;
    private final long indexDelay;
    private final Map<Query, Listing> listings = new LinkedHashMap<>(16, 0.75f, true);
    private long kept;

    /**
     * Which records of a function.
     *
     * @param begin the first millisecond whose records are wanted
     * @param end the first after {@code begin} whose are not
     * @param status null for all
     */
    record Query(int function, long begin, long end, @Nullable String status) {}

    /**
     * Records in the order of the time that the window filters: each as its distance from a first
     * index. Holds from {@code since} to before {@code until}, then one of them will have changed.
     */
    record Listing(long first, int[] distances, long since, long until) {
        int size() {
            return distances.length;
        }

        private long weight() {
            return distances.length + 64; // an empty one takes room, too
        }

        /** The index in history of the record at this position, oldest first. */
        long at(int position) {
            return first + distances[position];
        }
    }

    Archive(SandboxSettings settings, List<FunctionUrn> functions) {
        this.data = settings.data();
        this.behaviour = settings.behaviour();
        this.functions = functions;
        this.wholeSeconds = behaviour.of(TimeFormat.class) != TimeFormat.FRACTION;
        this.windowTime = behaviour.of(WindowTime.class);
        this.statusWords = behaviour.of(StatusWords.class);
        this.years = behaviour.of(Years.class);
        this.damage = behaviour.of(Damage.class);
        this.indexDelay = data.indexDelay().toMillis();
        this.errorTexts = new ErrorTexts(behaviour);
        double[] weights = new double[functions.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = isIdle(i) || !isPersistent(i) ? 0 : 1.0 / (i + 1);
        }
        this.history = new History(data, weights, behaviour.of(RequestIds.class));
    }

    /** Whether what the function does is recorded at all. */
    boolean isPersistent(int function) {
        return switch (behaviour.of(Persistence.class)) {
            case ON -> true;
            case OFF_AND_EMPTY, OFF_AND_REFUSED -> function != 1;
        };
    }

    private boolean isIdle(int function) {
        return functions.size() > 3 && function == functions.size() - 1;
    }

    /** All records that are held, in the order of creation, but for those that are damaged. */
    Stream<Invocation> truth(long now) {
        return LongStream.range(firstHeld(now), firstFuture(now))
                .filter(k -> !isDamaged(k, now))
                .mapToObj(k ->
                        snapshot(k, now).normalised(functions.get(history.function(k)), behaviour));
    }

    long damaged(long now) {
        return LongStream.range(firstHeld(now), firstFuture(now))
                .filter(k -> isDamaged(k, now))
                .count();
    }

    /** The records a query asks for. Kept until one of them changes. */
    Listing list(Query query, long now) {
        synchronized (listings) {
            Listing known = listings.get(query);
            if (known != null && known.since() <= now && now < known.until()) {
                return known;
            }
        }
        Listing made = make(query, now);
        synchronized (listings) {
            Listing replaced = listings.put(query, made);
            kept += made.weight() - (replaced == null ? 0 : replaced.weight());
            var eldest = listings.values().iterator();
            while (kept > MOST_KEPT && listings.size() > 1) {
                kept -= eldest.next().weight();
                eldest.remove();
            }
        }
        return made;
    }

    /** The one record with this id, or none. */
    Listing find(String requestId, Query query, long now) {
        Long k = history.indexOf(requestId);
        boolean found =
                k != null
                        && k >= firstHeld(now)
                        && k < firstFuture(now)
                        && history.function(k) == query.function()
                        && isWanted(k, query, now);
        return new Listing(found ? k : 0, new int[found ? 1 : 0], now, now + 1);
    }

    private Listing make(Query query, long now) {
        long reach = longestDelay() + 1000;
        long first =
                Math.max(firstHeld(now), history.firstCreatedFrom(clamp(query.begin()) - reach));
        long future = firstFuture(now);
        long bound = history.firstCreatedFrom(clamp(query.end()) + 1000);
        long end = Math.min(future, bound);
        long until = bound > future ? history.created(future) + 1 : Long.MAX_VALUE;
        if (first < end) {
            until = Math.min(until, gone(first));
        }
        long earliest = history.created(first);
        long[] found = new long[16];
        int size = 0;
        for (long k = first; k < end; k++) {
            if (history.function(k) != query.function()) {
                continue;
            }
            if (isWanted(k, query, now)) {
                if (size == found.length) {
                    found = Arrays.copyOf(found, size * 2);
                }
                // 36 bits for milliseconds of 400 days and more, 27 for 100 million records
                found[size++] = filtered(k, now) - earliest << 27 | k - first;
            }
            until = Math.min(until, nextChange(k, now));
        }
        Arrays.sort(found, 0, size);
        int[] distances = new int[size];
        for (int i = 0; i < size; i++) {
            distances[i] = (int) (found[i] & (1 << 27) - 1);
        }
        return new Listing(first, distances, now, until);
    }

    private boolean isWanted(long k, Query query, long now) {
        if (history.created(k) + indexDelay >= now) {
            return false;
        }
        long time = filtered(k, now);
        if (wholeSeconds) {
            time -= Math.floorMod(time, 1000L);
        }
        return time >= query.begin()
                && time < query.end()
                && (query.status() == null
                        || query.status()
                                .equals(word(k, now, history.started(k), history.ended(k))));
    }

    /** The time that the window filters, as it is known now. */
    private long filtered(long k, long now) {
        long created = history.created(k);
        long time =
                switch (windowTime) {
                    case START -> history.started(k);
                    case END -> history.ended(k);
                    case LOG -> created;
                };
        return time <= now ? time : created;
    }

    private long longestDelay() {
        return switch (windowTime) {
            case START -> History.LONGEST_WAIT;
            case END -> History.LONGEST_WAIT + History.LONGEST_RUN;
            case LOG -> 0;
        };
    }

    /** When the record will next be another; far away where it is final. */
    private long nextChange(long k, long now) {
        long shown = history.created(k) + indexDelay + 1;
        long started = history.started(k);
        long ended = history.ended(k);
        return shown > now ? shown : started > now ? started : ended > now ? ended : Long.MAX_VALUE;
    }

    private long firstFuture(long now) {
        return history.firstCreatedFrom(now);
    }

    private long firstHeld(long now) {
        return Math.max(
                firstFuture(now) - data.records(),
                history.firstCreatedFrom(now - data.retention().toMillis()));
    }

    /** When a record that is held is no longer. */
    private long gone(long k) {
        return Math.min(
                history.created(k + data.records()) + 1,
                history.created(k) + data.retention().toMillis() + 1);
    }

    /** Far enough for every query, and near enough for arithmetic. */
    private static long clamp(long millis) {
        long most = Duration.ofDays(4_000_000).toMillis();
        return Math.clamp(millis, -most, most);
    }

    Snapshot snapshot(long k, long now) {
        long started = history.started(k);
        long ended = history.ended(k);
        boolean hasStarted = started <= now;
        boolean isFinal = ended <= now;
        boolean failed = isFinal && history.outcome(k) != History.Outcome.SUCCESS;
        long detail = history.detail(k);
        boolean damaged = isDamaged(k, now);
        String word = word(k, now, started, ended);
        if (hasStarted && one(100, detail >>> 8) && years != Years.REAL) {
            started = ABSURD[(int) (detail >>> 40 & 1)];
        }
        ErrorTexts.Text error =
                failed ? errorTexts.of(history.outcome(k), detail) : ErrorTexts.NONE;
        String message =
                switch (damaged ? damage : Damage.NONE) {
                    case NONE, NO_REQUEST_ID, TIME_THAT_IS_NONE -> error.message();
                    case NUL_IN_MESSAGE -> "a NUL\0in the middle";
                    case LONE_SURROGATE_IN_MESSAGE -> "half of a pair: \ud83d.";
                };
        return new Snapshot(
                history.requestId(k),
                word,
                failed,
                error.code(),
                message,
                hasStarted ? started : Snapshot.NONE,
                isFinal ? ended : Snapshot.NONE,
                damaged);
    }

    private boolean isDamaged(long k, long now) {
        return damage != Damage.NONE
                && one(100, history.detail(k))
                && (damage != Damage.TIME_THAT_IS_NONE || history.started(k) <= now);
    }

    private String word(long k, long now, long started, long ended) {
        if (now < ended && statusWords == StatusWords.OPEN_UNKNOWN) {
            return "PROCESSING";
        }
        if (now < started) {
            return "WAIT";
        }
        if (now < ended) {
            return "RUNNING";
        }
        long detail = history.detail(k);
        if (statusWords == StatusWords.SOME_UNKNOWN && one(50, detail >>> 16)) {
            return UNDOCUMENTED[(int) (detail >>> 44 & 3)];
        }
        return history.outcome(k).name();
    }

    /** True for one in so many. */
    private static boolean one(int in, long bits) {
        return (bits & 0xffff) % in == 0;
    }
}
