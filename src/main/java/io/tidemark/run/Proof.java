package io.tidemark.run;

import io.tidemark.ledger.Verdict;
import io.tidemark.sink.Receipt;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Judges whether a window holds everything the source had. Pure. */
final class Proof {
    private Proof() {}

    /**
     * @param counted what the source said there would be for what it was asked; empty where it gave
     *     no total
     * @param doubt why there is no total
     * @param returned distinct records the source returned for what it was asked, quarantined ones
     *     too
     * @param kept of these, the records of the window
     * @param tolerated how many may be quarantined
     * @param unexplained records that lie so far outside the window that the source seems to
     *     compare another time than is assumed
     */
    record Numbers(
            OptionalLong counted,
            Optional<String> doubt,
            long returned,
            long kept,
            long quarantined,
            long tolerated,
            long unexplained) {}

    static Verdict verdict(Numbers numbers, List<Receipt> receipts) {
        for (Receipt receipt : receipts) {
            if (receipt.rows() != numbers.kept()) {
                return incomplete(
                        "%s holds %d of %d records"
                                .formatted(receipt.sink(), receipt.rows(), numbers.kept()));
            }
        }
        if (numbers.quarantined() > numbers.tolerated()) {
            return incomplete(
                    "%d records are quarantined and max-quarantined is %d; see `tidemark state show`"
                            .formatted(numbers.quarantined(), numbers.tolerated()));
        }
        if (numbers.unexplained() > 0) {
            return unproven(
                    "%d records start outside the window: the source seems to filter by another time than the start, so that records at its edges may stand in the next window or in none"
                            .formatted(numbers.unexplained()));
        }
        if (numbers.counted().isEmpty()) {
            return unproven(numbers.doubt().orElse("the source gave no count"));
        }
        long counted = numbers.counted().getAsLong();
        if (numbers.returned() < counted) {
            return incomplete(
                    "the source counts %d records and returned %d"
                            .formatted(counted, numbers.returned()));
        }
        if (numbers.returned() > counted) {
            return unproven(
                    "the source counts %d records and returned %d, so that its count proves nothing"
                            .formatted(counted, numbers.returned()));
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
