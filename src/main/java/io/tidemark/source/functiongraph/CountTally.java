package io.tidemark.source.functiongraph;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the source's {@code count} says about a whole window, page by page. It is documented as a
 * total and may be none: it is believed only while every page of a slice gives the same one.
 * Whether the records bear it out, others judge.
 *
 * @param doubt why there is no total; empty while there is none
 * @param ofSlicesBefore the totals of the slices that were read to their end
 * @param ofThisSlice what the pages of this slice say; empty before its first page
 */
record CountTally(Optional<String> doubt, long ofSlicesBefore, OptionalLong ofThisSlice) {
    static final CountTally NOTHING_YET = new CountTally(Optional.empty(), 0, OptionalLong.empty());

    CountTally with(RawPage page) {
        if (doubt.isPresent()) {
            return this;
        }
        if (page.count().isEmpty()) {
            return doubting("the source gave no count");
        }
        long count = page.count().getAsLong();
        if (ofThisSlice.isPresent() && ofThisSlice.getAsLong() != count) {
            return doubting(
                    "the source's count changed from %d to %d while it was read"
                            .formatted(ofThisSlice.getAsLong(), count));
        }
        return new CountTally(doubt, ofSlicesBefore, page.count());
    }

    CountTally sliceEnds() {
        return new CountTally(doubt, ofSlicesBefore + ofThisSlice.orElse(0), OptionalLong.empty());
    }

    /** What the source said there would be; empty where it gave no total. */
    OptionalLong total() {
        return doubt.isPresent() ? OptionalLong.empty() : OptionalLong.of(ofSlicesBefore);
    }

    /** No total any more; the first doubt stays. */
    CountTally doubting(String why) {
        return doubt.isPresent()
                ? this
                : new CountTally(Optional.of(why), ofSlicesBefore, OptionalLong.empty());
    }
}
