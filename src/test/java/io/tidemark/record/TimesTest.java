package io.tidemark.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Our own calendar, held against that of {@code java.time}. */
class TimesTest {
    private static final long FIRST_MICRO = -62_135_596_800_000_000L; // 0001-01-01
    private static final long LAST_MICRO = 9_223_371_244_799_999_999L; // 294246-12-31

    @Property(tries = 5_000)
    void everyTimeIsWrittenAsJavaTimeWritesIt(
            @ForAll @LongRange(min = FIRST_MICRO, max = LAST_MICRO) long micros) {
        assertThat(written(micros)).isEqualTo(byJavaTime(micros));
    }

    @Property(tries = 5_000)
    void whatIsWrittenIsReadBack(
            @ForAll @LongRange(min = FIRST_MICRO, max = LAST_MICRO) long micros) {
        assertThat(Times.parse(written(micros))).isEqualTo(micros);
        assertThat(Times.micros(Times.instant(micros))).isEqualTo(micros);
    }

    @Test
    void everyDayOfFourHundredYearsIsWrittenAsJavaTimeWritesIt() {
        long day = 86_400_000_000L;
        for (long micros = Times.micros(Instant.parse("1900-01-01T00:00:00Z"));
                micros < Times.micros(Instant.parse("2301-01-01T00:00:00Z"));
                micros += day) {
            assertThat(written(micros)).isEqualTo(byJavaTime(micros));
        }
    }

    @Test
    void aFractionHasAsManyDigitsAsItNeeds() {
        assertThat(written(0)).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(written(1_000)).isEqualTo("1970-01-01T00:00:00.001Z");
        assertThat(written(-1)).isEqualTo("1969-12-31T23:59:59.999999Z");
    }

    @Test
    void theEdgesAreTheFirstAndTheLastThatAllSinksHold() {
        assertThat(Times.FIRST).isEqualTo(FIRST_MICRO);
        assertThat(Times.LAST).isEqualTo(LAST_MICRO);
        assertThat(written(Times.FIRST)).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(written(Times.LAST)).isEqualTo("294246-12-31T23:59:59.999999Z");
    }

    @Test
    void whatIsFinerThanAMicrosecondIsCutOffTowardsThePast() {
        assertThat(Times.micros(Instant.parse("1969-12-31T23:59:59.999999999Z"))).isEqualTo(-1);
        assertThat(Times.micros(Instant.parse("1970-01-01T00:00:00.000001999Z"))).isEqualTo(1);
        assertThatThrownBy(() -> Times.micros(Instant.MAX)).isInstanceOf(ArithmeticException.class);
    }

    private static String written(long micros) {
        Bytes bytes = new Bytes(64);
        Times.put(micros, bytes);
        return new String(Arrays.copyOf(bytes.data(), bytes.size()), StandardCharsets.UTF_8);
    }

    private static String byJavaTime(long micros) {
        Instant time = Instant.EPOCH.plus(micros, java.time.temporal.ChronoUnit.MICROS);
        String fraction =
                time.getNano() == 0 ? "" : time.getNano() % 1_000_000 == 0 ? ".SSS" : ".SSSSSS";
        String text =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss" + fraction + "'Z'", Locale.ROOT)
                        .format(time.atOffset(ZoneOffset.UTC));
        return text.startsWith("+") ? text.substring(1) : text;
    }
}
