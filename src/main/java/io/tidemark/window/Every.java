package io.tidemark.window;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * A length of time as people write it, ISO-8601: of the calendar ({@code P1D}, {@code P1M}; a day
 * has 23 or 25 hours where the zone says so) or of the clock ({@code PT6H}). Always positive.
 */
public sealed interface Every {

    /** Days, weeks, months, years. */
    record OfCalendar(Period period) implements Every {
        public OfCalendar {
            if (period.isNegative() || period.isZero()) {
                throw new IllegalArgumentException("not a positive period: " + period);
            }
        }

        @Override
        public Instant shift(Instant instant, long times, ZoneId zone) {
            LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
            return local.plusMonths(Math.multiplyExact(period.toTotalMonths(), times))
                    .plusDays(Math.multiplyExact((long) period.getDays(), times))
                    .atZone(zone)
                    .toInstant();
        }

        @Override
        public String toString() {
            return period.toString();
        }
    }

    /** Hours, minutes, seconds: whole seconds, for the source knows no fraction. */
    record OfClock(Duration duration) implements Every {
        public OfClock {
            if (duration.isNegative() || duration.isZero() || duration.getNano() != 0) {
                throw new IllegalArgumentException("not a positive number of seconds: " + duration);
            }
        }

        @Override
        public Instant shift(Instant instant, long times, ZoneId zone) {
            return instant.plusSeconds(Math.multiplyExact(duration.toSeconds(), times));
        }

        @Override
        public String toString() {
            return duration.toString();
        }
    }

    /**
     * The instant {@code times} of these after {@code instant}; before it where {@code times} is
     * negative.
     */
    Instant shift(Instant instant, long times, ZoneId zone);

    /**
     * Reads {@code P1D}, {@code P1M} or {@code PT6H}; empty where the text is neither, or not
     * positive.
     */
    static Optional<Every> parse(String text) {
        try {
            return Optional.of(new OfCalendar(Period.parse(text)));
        } catch (DateTimeParseException notAPeriod) {
            // then a duration
        } catch (IllegalArgumentException notPositive) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OfClock(Duration.parse(text)));
        } catch (IllegalArgumentException | DateTimeParseException neither) {
            return Optional.empty();
        }
    }
}
