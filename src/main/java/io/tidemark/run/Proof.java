package io.tidemark.run;

import io.tidemark.ledger.Verdict;
import io.tidemark.record.Row;
import io.tidemark.sink.Receipt;
import io.tidemark.source.Ending;
import io.tidemark.stage.Numbers;
import java.util.List;

/** Judges whether a window holds everything the source had. Pure. */
final class Proof {
    private Proof() {}

    /**
     * @param ending what the source said of the window
     * @param numbers what came of it
     * @param tolerated how many records may be quarantined
     * @param receipts of every sink
     */
    static Verdict verdict(Ending ending, Numbers numbers, long tolerated, List<Receipt> receipts) {
        for (Receipt receipt : receipts) {
            if (receipt.rows() != numbers.rows()) {
                return incomplete(
                        "%s holds %d of %d records"
                                .formatted(receipt.sink(), receipt.rows(), numbers.rows()));
            }
        }
        if (numbers.rejected() > tolerated) {
            return incomplete(
                    "%d records are quarantined and max-quarantined is %d; see `tidemark state show`"
                            .formatted(numbers.rejected(), tolerated));
        }
        long suspicious = 0;
        for (int place = 0; place < Row.PLACES; place++) {
            if ((ending.suspicious() & 1 << place) != 0) {
                suspicious += numbers.byPlace()[place];
            }
        }
        if (suspicious > 0) {
            return unproven(suspicious + " " + ending.suspicion());
        }
        if (ending.doubt().isPresent()) {
            return unproven(ending.doubt().get());
        }
        long counted = ending.count().orElseThrow();
        long returned = numbers.returned() + numbers.rejected();
        if (returned < counted) {
            return incomplete(
                    "the source counts %d records and returned %d".formatted(counted, returned));
        }
        if (returned > counted) {
            return unproven(
                    "the source counts %d records and returned %d, so that its count proves nothing"
                            .formatted(counted, returned));
        }
        return new Verdict(
                Verdict.Kind.COMPLETE, "the source's count, the ids and every sink agree");
    }

    /**
     * Of a window the source lists nothing for.
     *
     * @param persistenceOff whether it records nothing of the function, so that its silence says
     *     nothing
     */
    static Verdict ofNothing(boolean persistenceOff) {
        return persistenceOff
                ? unproven(
                        "persistence is off: nothing is recorded, so that an empty window proves nothing")
                : new Verdict(Verdict.Kind.COMPLETE, "the source counts no records");
    }

    private static Verdict incomplete(String reason) {
        return new Verdict(Verdict.Kind.INCOMPLETE, reason);
    }

    private static Verdict unproven(String reason) {
        return new Verdict(Verdict.Kind.UNPROVEN, reason);
    }
}
