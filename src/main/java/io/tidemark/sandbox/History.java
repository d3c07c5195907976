package io.tidemark.sandbox;

import io.tidemark.sandbox.Behaviour.RequestIds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every invocation there ever was or will be, each made from its index and the seed alone; none is
 * kept in memory.
 *
 * <p>Time is cut into slots of the same length, and invocation {@code k} is created somewhere in
 * slot {@code k}, counted from 1970. So invocations are ordered by time of creation, any span of
 * time is found by arithmetic, and none changes while the clock moves on. All times are
 * milliseconds since 1970.
 */
final class History {
    /** No invocation waits longer. */
    static final long LONGEST_WAIT = Duration.ofMinutes(30).toMillis();

    /** No invocation runs longer. */
    static final long LONGEST_RUN = Duration.ofHours(6).toMillis();

    /** How it ends. */
    enum Outcome {
        SUCCESS,
        FAIL,
        DISCARD
    }

    private static final int WAIT_SALT = 1;
    private static final int RUN_SALT = 2;
    private static final int OUTCOME_SALT = 3;
    private static final int DETAIL_SALT = 4;
    private static final int CREATION_SALT = 5;

    private final long seed;
    private final long slots;
    private final long span;
    private final short[] functionOfHash;
    private final RequestIds ids;

    /** What hostile ids begin with; no id is longer than the documented 64 characters. */
    private static final String[] HOSTILE = {
        "=1+1;", "\u001B[31m", "../../", "a,\"b'", "\\N\\.", "\r\n", "%2e%2F?&#+", "\u202Eü🖼"
    };

    /**
     * @param weights of the functions: how much of all invocations is theirs; those of weight 0 are
     *     never invoked
     */
    History(SandboxSettings.Data data, double[] weights, RequestIds ids) {
        this.seed = mix(data.seed());
        this.slots = Math.max(1, data.records());
        this.span = Duration.ofDays(data.days()).toMillis();
        this.functionOfHash = spread(weights);
        this.ids = ids;
    }

    /** The index of the first invocation that is created at this instant or later. */
    long firstCreatedFrom(long millis) {
        long k = Math.floorDiv(millis, span) * slots + Math.floorMod(millis, span) * slots / span;
        while (created(k - 1) >= millis) {
            k--;
        }
        while (created(k) < millis) {
            k++;
        }
        return k;
    }

    int function(long k) {
        return functionOfHash[(int) hash(k, 0) & (functionOfHash.length - 1)];
    }

    long created(long k) {
        long from = slotBegin(k);
        long length = slotBegin(k + 1) - from;
        return length < 2 ? from : from + Long.remainderUnsigned(hash(k, CREATION_SALT), length);
    }

    long started(long k) {
        long hash = hash(k, WAIT_SALT);
        int chance = perMille(hash);
        long most = chance < 970 ? 2_000 : chance < 999 ? 60_000 : LONGEST_WAIT;
        return created(k) + 5 + skewed(hash, most - 5);
    }

    long ended(long k) {
        long hash = hash(k, RUN_SALT);
        int chance = perMille(hash);
        long most = chance < 900 ? 3_000 : chance < 990 ? 180_000 : LONGEST_RUN / 24;
        return started(k) + 3 + skewed(hash, (chance < 999 ? most : LONGEST_RUN) - 3);
    }

    Outcome outcome(long k) {
        int chance = perMille(hash(k, OUTCOME_SALT));
        return chance < 940 ? Outcome.SUCCESS : chance < 990 ? Outcome.FAIL : Outcome.DISCARD;
    }

    /** A hash for whatever else has to be known of an invocation. */
    long detail(long k) {
        return hash(k, DETAIL_SALT);
    }

    /** Begins with a reversible hash of the index, so that {@link #indexOf} needs no table. */
    String requestId(long k) {
        long key = mix(k ^ seed);
        long more = hash(k, 6);
        return switch (ids) {
            case UUID -> uuid(key, more);
            case OPAQUE -> opaque(key, more);
            case HOSTILE -> HOSTILE[(int) (key & 7)] + uuid(key, more);
        };
    }

    private static String opaque(long key, long more) {
        char[] id = new char[64];
        hex(id, 0, 16, key);
        id[16] = '/';
        hex(id, 17, 33, more);
        id[33] = '+';
        hex(id, 34, 50, mix(more));
        id[50] = '=';
        hex(id, 51, 64, mix(key));
        return new String(id);
    }

    private static String uuid(long key, long more) {
        char[] id = new char[36];
        hex(id, 0, 8, key >>> 32);
        id[8] = '-';
        hex(id, 9, 13, key >>> 16);
        id[13] = '-';
        hex(id, 14, 18, 0x4000 | more & 0xfff);
        id[18] = '-';
        hex(id, 19, 23, 0x8000 | more >>> 16 & 0x3fff);
        id[23] = '-';
        hex(id, 24, 32, more >>> 32);
        hex(id, 32, 36, key);
        return new String(id);
    }

    /** The index of the invocation with this id; null where there is none. */
    @Nullable Long indexOf(String requestId) {
        try {
            String key =
                    switch (ids) {
                        case OPAQUE -> requestId.substring(0, 16);
                        case UUID, HOSTILE -> {
                            String uuid = requestId.substring(requestId.length() - 36);
                            yield uuid.substring(0, 8)
                                    + uuid.substring(9, 13)
                                    + uuid.substring(32, 36);
                        }
                    };
            long k = unmix(Long.parseUnsignedLong(key, 16)) ^ seed;
            return requestId.equals(requestId(k)) ? k : null;
        } catch (IndexOutOfBoundsException | NumberFormatException notOneOfOurs) {
            return null;
        }
    }

    private long slotBegin(long k) {
        return Math.floorDiv(k, slots) * span + Math.floorMod(k, slots) * span / slots;
    }

    private long hash(long k, int salt) {
        return mix(seed + k * 0x9e3779b97f4a7c15L + salt * 0xd1b54a32d192ed03L);
    }

    private static int perMille(long hash) {
        return (int) ((hash >>> 48) * 1000 >>> 16);
    }

    /** 0 to below {@code most}, low values more often by far. */
    private static long skewed(long hash, long most) {
        double even = (hash & 0xffff_ffffL) / (double) 0x1_0000_0000L;
        return (long) (even * even * even * most);
    }

    /** The finalizer of SplitMix64: a bijection. */
    static long mix(long x) {
        x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }

    private static long unmix(long x) {
        x = (x ^ x >>> 31 ^ x >>> 62) * 0x319642b2d24d8ec3L;
        x = (x ^ x >>> 27 ^ x >>> 54) * 0x96de1b173f119089L;
        return x ^ x >>> 30 ^ x >>> 60;
    }

    private static void hex(char[] into, int from, int to, long value) {
        for (int i = to - 1; i >= from; i--) {
            into[i] = "0123456789abcdef".charAt((int) value & 15);
            value >>>= 4;
        }
    }

    private static short[] spread(double[] weights) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        short[] table = new short[Math.max(4096, Integer.highestOneBit(weights.length) * 128)];
        double sum = 0;
        int filled = 0;
        for (int function = 0; function < weights.length; function++) {
            sum += weights[function];
            for (; filled < Math.round(sum / total * table.length); filled++) {
                table[filled] = (short) function;
            }
        }
        return table;
    }
}
