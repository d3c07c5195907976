package io.tidemark.source;

import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.Quarantined;

/** What became of a raw record. There is no third way: nothing is dropped. */
public sealed interface Normalised {

    record Exported(Invocation invocation) implements Normalised {}

    record Kept(Quarantined quarantined) implements Normalised {}
}
