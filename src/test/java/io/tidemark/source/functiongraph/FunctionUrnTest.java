package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionUrnTest {
    private static final String PREFIX = "urn:fss:eu-de:p1:function:";

    @Test
    void withAndWithoutItsVersionItIsTheSameFunction() {
        FunctionUrn bare = FunctionUrn.of(PREFIX + "default:orders");

        assertThat(bare).isEqualTo(FunctionUrn.of(PREFIX + "default:orders:latest"));
        assertThat(bare.version()).isEqualTo("latest");
        assertThat(FunctionUrn.of(PREFIX + "default:orders:!blue").version()).isEqualTo("!blue");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..:../../x", "=a:-b", "a?b&c#d:e%2F\"'\\", "ü:🖼", "\u202Ea:b"})
    void strangeNamesAreNames(String name) {
        assertThat(FunctionUrn.parse(PREFIX + name).map(FunctionUrn::qualifiedName)).contains(name);
    }

    /** No terminal, log or database would take them as they are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:\u001B[31m",
                "a:b\u0000",
                "a\u0085:b",
                "a:\ud83d",
                "a:b:v\u007F",
                "a:b\n"
            })
    void controlCharactersAndHalvesOfCharactersAreNone(String name) {
        assertThat(FunctionUrn.parse(PREFIX + name)).isEmpty();
    }

    @Test
    void noneIsLongerThanTheLedgerHolds() {
        String longest = PREFIX + "a:" + "x".repeat(500 - PREFIX.length() - "a::latest".length());

        assertThat(FunctionUrn.parse(longest)).isPresent();
        assertThat(FunctionUrn.parse(longest + "x")).isEmpty();
    }
}
