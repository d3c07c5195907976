package io.tidemark.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaGuardTest {
    /** Written down a second time, from OWASP's page on CSV injection. */
    private static final Pattern FORMULA = Pattern.compile("(?s)[=+\\-@\t\r\n＝＋－＠].*");

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("=+-@\t\r\n＝＋－＠'a1 ").ofMinLength(1).ofMaxLength(5);
    }

    @Property(tries = 2000)
    void noGuardedTextIsAFormulaAndEachComesBack(@ForAll("texts") String text) {
        String guarded = FormulaGuard.guarded(text);

        assertThat(guarded).doesNotMatch(FORMULA);
        assertThat(FormulaGuard.bare(guarded)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'NoneType' object", "a=b", "1-1", " =1", "'", "''a"})
    void whatIsNoFormulaStaysAsItIs(String text) {
        assertThat(FormulaGuard.guarded(text)).isEqualTo(text);
        assertThat(FormulaGuard.bare(text)).isEqualTo(text);
    }
}
