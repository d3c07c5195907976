package io.tidemark.stage;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the frames of a file from its beginning to a length, and believes only what is whole. */
final class FrameReader implements Closeable {
    private final Path file;
    private final long length;
    private final InputStream in;
    private final byte[] header = new byte[FrameBuffer.HEADER];
    private final FrameBuffer frame = FrameBuffer.of(FrameKind.TITLE, 1024);
    private long position;

    FrameReader(Path file, long length) throws IOException {
        this.file = file;
        this.length = length;
        this.in = Files.newInputStream(file);
    }

    /**
     * Goes to the next frame, which is read from {@link #frame()}; false at the end.
     *
     * @throws Damaged where the bytes up to the length are not a row of whole frames
     */
    boolean next() throws IOException {
        if (position == length) {
            return false;
        }
        fill(header, header.length);
        ByteBuffer head = ByteBuffer.wrap(header);
        int size = head.getInt();
        int checksum = head.getInt();
        if (head.getInt() != FrameBuffer.checksum(header, 0, 8) || size < 1) {
            throw damaged();
        }
        if (size > length - position - header.length) {
            throw new Damaged(file, "it does not end with a frame at byte " + length);
        }
        byte[] payload = frame.refill(size);
        fill(payload, size);
        if (checksum != FrameBuffer.checksum(payload, 0, size)) {
            throw damaged();
        }
        position += header.length + size;
        return true;
    }

    /** What is left of the frame, after its kind. */
    FrameBuffer frame() {
        return frame;
    }

    FrameKind kind() throws Damaged {
        return frame.kind().orElseThrow(this::damaged);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void fill(byte[] bytes, int count) throws IOException {
        if (in.readNBytes(bytes, 0, count) < count) {
            throw new Damaged(file, "it ends before byte " + length);
        }
    }

    private Damaged damaged() {
        return new Damaged(file, "the bytes from " + position + " on are not what was written");
    }

    /** The file is not what was written. */
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1L;
        private final String what;

        Damaged(Path file, String what) {
            super(file + " is damaged: " + what);
            this.what = what;
        }

        String what() {
            return what;
        }
    }
}
