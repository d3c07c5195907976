package io.tidemark.job;

/**
 * A value nobody may see. Its text form is a mask, so that no log, message or exception can carry
 * it; whoever needs it says {@link #reveal()}, close to where it leaves the process.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "********";
    }
}
