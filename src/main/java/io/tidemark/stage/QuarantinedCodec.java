package io.tidemark.stage;

import io.tidemark.invocation.Quarantined;

/** The records that could not be normalised. */
record QuarantinedCodec() implements Codec<Quarantined> {
    @Override
    public FrameKind kind() {
        return FrameKind.QUARANTINED;
    }

    @Override
    public void write(Quarantined element, FrameBuffer to) {
        to.putText(element.raw());
        to.putText(element.reason());
    }

    @Override
    public Quarantined read(FrameBuffer from) {
        return new Quarantined(from.getText(), from.getText());
    }

    @Override
    public long weight(Quarantined element) {
        return 48 + Codec.weight(element.raw()) + Codec.weight(element.reason());
    }
}
