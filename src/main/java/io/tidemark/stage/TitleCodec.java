package io.tidemark.stage;

/** Which format a stage is in and whose records it holds, as one text. */
record TitleCodec() implements Codec<String> {
    @Override
    public FrameKind kind() {
        return FrameKind.TITLE;
    }

    @Override
    public void write(String title, FrameBuffer to) {
        to.putText(title);
    }

    @Override
    public String read(FrameBuffer from) {
        return from.getText();
    }

    @Override
    public long weight(String title) {
        return Codec.weight(title);
    }
}
