package io.tidemark.ledger;

/**
 * How sure it is that a window holds everything the source had.
 *
 * @param reason one sentence for a person
 */
public record Verdict(Kind kind, String reason) {

    /** What a window's proof can end with. */
    public enum Kind {
        /** The source's count, the distinct ids and every sink agree. */
        COMPLETE,
        /** The numbers differ, or more records are quarantined than the job tolerates. */
        INCOMPLETE,
        /** The source gave no total to compare with, or one that proves nothing. */
        UNPROVEN
    }
}
