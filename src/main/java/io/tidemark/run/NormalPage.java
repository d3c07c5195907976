package io.tidemark.run;

import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.Quarantined;
import java.util.List;

/** A page, normalised: every record of it is in one of the two lists. */
record NormalPage(List<Invocation> records, List<Quarantined> quarantined) {}
