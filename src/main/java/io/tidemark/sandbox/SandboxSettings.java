package io.tidemark.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What a sandbox holds and how it behaves.
 *
 * @param port on loopback; 0 for any that is free
 * @param latency added to every answer of the API
 * @param clock by which tokens and signatures expire, and, unless {@link Data#until} is set, by
 *     which records come into being, start and end
 */
public record SandboxSettings(
        int port,
        Data data,
        Behaviour behaviour,
        Faults faults,
        Access access,
        Duration latency,
        InstantSource clock) {

    /**
     * The records.
     *
     * @param functions 1 to 10,000; with more than three, the last one is idle
     * @param records held at any time, 0 to 100,000,000
     * @param days over which they are spread, 1 to 400, ending now
     * @param seed the same seed, functions, records and days give the same records
     * @param until what the server takes for now, for records; empty means the clock's now
     * @param indexDelay how long a new record is held before lists show it
     * @param retention how long after its creation a record is gone
     */
    public record Data(
            int functions,
            long records,
            int days,
            long seed,
            Optional<Instant> until,
            Duration indexDelay,
            Duration retention) {
        public Data {
            check("functions", functions, 1, 10_000);
            check("records", records, 0, 100_000_000);
            check("days", days, 1, 400);
            if (indexDelay.isNegative() || !retention.isPositive()) {
                throw new IllegalArgumentException("a negative index delay or no retention at all");
            }
        }

        Data withFunctions(int value) {
            return new Data(value, records, days, seed, until, indexDelay, retention);
        }

        Data withRecords(long value) {
            return new Data(functions, value, days, seed, until, indexDelay, retention);
        }

        Data withDays(int value) {
            return new Data(functions, records, value, seed, until, indexDelay, retention);
        }

        Data withSeed(long value) {
            return new Data(functions, records, days, value, until, indexDelay, retention);
        }

        Data withUntil(Instant value) {
            return new Data(
                    functions, records, days, seed, Optional.of(value), indexDelay, retention);
        }

        Data withIndexDelay(Duration value) {
            return new Data(functions, records, days, seed, until, value, retention);
        }

        Data withRetention(Duration value) {
            return new Data(functions, records, days, seed, until, indexDelay, value);
        }
    }

    /** 5 functions, 20,000 records over 7 days, any free port, everything plain. */
    public static final SandboxSettings DEFAULT =
            new SandboxSettings(
                    0,
                    new Data(
                            5,
                            20_000,
                            7,
                            1,
                            Optional.empty(),
                            Duration.ZERO,
                            Duration.ofDays(Integer.MAX_VALUE)),
                    Behaviour.plain(),
                    Faults.NONE,
                    Access.DEFAULT,
                    Duration.ZERO,
                    InstantSource.system());

    public SandboxSettings {
        check("port", port, 0, 65_535);
        if (latency.isNegative()) {
            throw new IllegalArgumentException("a negative latency");
        }
    }

    public SandboxSettings withPort(int value) {
        return new SandboxSettings(value, data, behaviour, faults, access, latency, clock);
    }

    public SandboxSettings withFunctions(int value) {
        return withData(data.withFunctions(value));
    }

    public SandboxSettings withRecords(long value) {
        return withData(data.withRecords(value));
    }

    public SandboxSettings withDays(int value) {
        return withData(data.withDays(value));
    }

    public SandboxSettings withSeed(long value) {
        return withData(data.withSeed(value));
    }

    /** Freezes the records as they stand at this instant. */
    public SandboxSettings withUntil(Instant value) {
        return withData(data.withUntil(value));
    }

    public SandboxSettings withIndexDelay(Duration value) {
        return withData(data.withIndexDelay(value));
    }

    public SandboxSettings withRetention(Duration value) {
        return withData(data.withRetention(value));
    }

    public SandboxSettings withData(Data value) {
        return new SandboxSettings(port, value, behaviour, faults, access, latency, clock);
    }

    public SandboxSettings withBehaviour(Behaviour value) {
        return new SandboxSettings(port, data, value, faults, access, latency, clock);
    }

    /** Other answers for these switches; the others stay. */
    public SandboxSettings withBehaviour(Behaviour.Switch... answers) {
        return withBehaviour(behaviour.with(answers));
    }

    public SandboxSettings withFaults(Faults value) {
        return new SandboxSettings(port, data, behaviour, value, access, latency, clock);
    }

    public SandboxSettings withAccess(Access value) {
        return new SandboxSettings(port, data, behaviour, faults, value, latency, clock);
    }

    public SandboxSettings withLatency(Duration value) {
        return new SandboxSettings(port, data, behaviour, faults, access, value, clock);
    }

    public SandboxSettings withClock(InstantSource value) {
        return new SandboxSettings(port, data, behaviour, faults, access, latency, value);
    }

    private static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s of a sandbox: %d to %d, not %d".formatted(what, least, most, value));
        }
    }
}
