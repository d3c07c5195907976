package io.tidemark.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.testing.Records;
import io.tidemark.window.Feed;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedSelectorTest {

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
        assertThat(FeedSelector.of(glob).matches(feed(name))).isEqualTo(matches);
    }

    @Property
    void globsMatchAsTheRegularExpressionTheyStandFor(
            @ForAll @Chars({'a', 'b', '*', '?', ':'}) @StringLength(max = 8) String glob,
            @ForAll @Chars({'a', 'b'}) @StringLength(min = 1, max = 6) String function) {
        Feed urn = feed("a:" + function);
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

        assertThat(new FeedSelector.Glob(glob).matches(urn))
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
        assertThat(FeedSelector.of(selector).matches(feed("default:orders"))).isEqualTo(matches);
    }

    private static Feed feed(String name) {
        return Records.feed(FunctionUrn.of("urn:fss:eu-de:p1:function:" + name));
    }
}
