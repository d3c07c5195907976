package io.tidemark.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.invocation.FunctionUrn;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionSelectorTest {

    @ParameterizedTest
    @CsvSource({
        "*, default:orders, true",
        "default:*, default:orders, true",
        "default:orders-*, default:orders, false",
        "*orders, default:orders, true",
        "default:order?, default:orders, true",
        "default:order?, default:order, false",
        "*:*d*r*, default:orders, true",
        "orders, default:orders, false",
        "default:o.ders, default:orders, false"
    })
    void globsMatchPackageAndName(String glob, String name, boolean matches) {
        assertThat(FunctionSelector.of(glob).matches(urn(name))).isEqualTo(matches);
    }

    @Property
    void globsMatchAsTheRegularExpressionTheyStandFor(
            @ForAll @Chars({'a', 'b', '*', '?', ':'}) @StringLength(max = 8) String glob,
            @ForAll @Chars({'a', 'b'}) @StringLength(min = 1, max = 6) String function) {
        FunctionUrn urn = urn("a:" + function);
        Pattern regex =
                Pattern.compile(
                        glob.chars()
                                .mapToObj(c ->
                                        switch (c) {
                                            case '*' -> ".*";
                                            case '?' -> ".";
                                            default -> Character.toString(c);
                                        })
                                .collect(Collectors.joining()));

        assertThat(new FunctionSelector.Glob(glob).matches(urn))
                .isEqualTo(glob.equals("*") || regex.matcher("a:" + function).matches());
    }

    @ParameterizedTest
    @CsvSource({
        "urn:fss:eu-de:p1:function:default:orders, true",
        "urn:fss:eu-de:p1:function:default:orders:latest, true",
        "urn:fss:eu-de:p1:function:default:orders:v2, false",
        "urn:fss:eu-de:p2:function:default:orders, false"
    })
    void aUrnMatchesTheOneFunctionHoweverItIsSpelled(String selector, boolean matches) {
        assertThat(FunctionSelector.of(selector).matches(urn("default:orders"))).isEqualTo(matches);
    }

    private static FunctionUrn urn(String qualifiedName) {
        return FunctionUrn.of("urn:fss:eu-de:p1:function:" + qualifiedName);
    }
}
