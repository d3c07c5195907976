package io.tidemark.source;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a source says of a whole window once all of its pages were read.
 *
 * @param count how many records there are for what was asked, those included that belong elsewhere;
 *     empty where it gave no total that can be believed
 * @param doubt why there is no total, as a sentence without its dot; empty where there is one
 * @param elsewhere of the rows in doubt, those that are another window's: id → the places, a bit
 *     each, in which a row with this id is not this window's
 * @param suspicious the places, a bit each, in which no row of the window should stand if the
 *     source does what it is thought to do
 * @param suspicion what rows in such places mean, as the rest of a sentence that begins with their
 *     number, such as {@code records start outside the window: ...}
 * @param moreCarefully where to begin another attempt if fewer records came than are counted, for
 *     there is a way to read that may give more; empty where there is none
 */
public record Ending(
        OptionalLong count,
        Optional<String> doubt,
        Map<String, Integer> elsewhere,
        int suspicious,
        String suspicion,
        Optional<Checkpoint> moreCarefully) {
    public Ending {
        elsewhere = Map.copyOf(elsewhere);
        if (count.isPresent() == doubt.isPresent()) {
            throw new IllegalArgumentException("a total or a doubt: " + count + ", " + doubt);
        }
    }
}
