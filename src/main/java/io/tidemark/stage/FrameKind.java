package io.tidemark.stage;

/** What a frame holds. The ordinals stand in files: new kinds go to the end. */
enum FrameKind {
    /** The first frame of a stage: which format, whose records. */
    TITLE,
    RECORDS,
    QUARANTINED
}
