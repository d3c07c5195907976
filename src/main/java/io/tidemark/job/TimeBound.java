package io.tidemark.job;

import io.tidemark.window.Every;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** One end of a range of time, as a person writes it in a job file or behind {@code --from}. */
public sealed interface TimeBound {

    /** A date: its first instant in the job's zone. */
    record OnDate(LocalDate date) implements TimeBound {
        @Override
        public String toString() {
            return date.toString();
        }
    }

    /** An instant, whole seconds. */
    record AtInstant(Instant instant) implements TimeBound {
        @Override
        public String toString() {
            return instant.toString();
        }
    }

    /** A time before now, such as {@code -P30D}. */
    record Back(Every length) implements TimeBound {
        @Override
        public String toString() {
            return "-" + length;
        }
    }

    record Now() implements TimeBound {
        @Override
        public String toString() {
            return "now";
        }
    }

    /** The instant that is meant when it is {@code now} in {@code zone}. */
    default Instant resolve(Instant now, ZoneId zone) {
        return switch (this) {
            case OnDate(LocalDate date) -> date.atStartOfDay(zone).toInstant();
            case AtInstant(Instant instant) -> instant;
            case Back(Every length) -> length.shift(now, -1, zone);
            case Now() -> now;
        };
    }

    /** Reads a date, an instant with an offset, a period back from now, or {@code now}. */
    static Optional<TimeBound> parse(String text) {
        if (text.equals("now")) {
            return Optional.of(new Now());
        }
        if (text.startsWith("-P")) {
            return Every.parse(text.substring(1)).map(Back::new);
        }
        try {
            return Optional.of(new OnDate(LocalDate.parse(text)));
        } catch (DateTimeParseException notADate) {
            // then an instant
        }
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            return instant.getNano() == 0 ? Optional.of(new AtInstant(instant)) : Optional.empty();
        } catch (DateTimeParseException neither) {
            return Optional.empty();
        }
    }
}
