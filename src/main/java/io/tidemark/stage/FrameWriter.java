package io.tidemark.stage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends frames to a file. */
final class FrameWriter implements Closeable {
    /** Frames are ended as they reach it: large enough to be quick, small enough to hold many. */
    static final int FRAME_BYTES = 64 * 1024;

    private final Path file;
    private final FileChannel channel;
    private long length;

    private FrameWriter(Path file, FileChannel channel, long length) {
        this.file = file;
        this.channel = channel;
        this.length = length;
    }

    static FrameWriter create(Path file) throws IOException {
        return new FrameWriter(
                file,
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                0);
    }

    /** Cuts the file back to the length and goes on from there. */
    static FrameWriter continueAt(Path file, long length) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            channel.truncate(length);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new FrameWriter(file, channel, length);
    }

    /** The end of the last whole frame. Whatever a failed write left behind it is overwritten. */
    long length() {
        return length;
    }

    <T> void write(Codec<T> codec, Cursor<? extends T> elements) throws IOException {
        FrameBuffer frame = FrameBuffer.of(codec.kind(), 1024);
        for (T element = elements.next(); element != null; element = elements.next()) {
            codec.write(element, frame);
            if (frame.size() >= FRAME_BYTES) {
                append(frame);
                frame.restart(codec.kind());
            }
        }
        if (!frame.isEmpty()) {
            append(frame);
        }
    }

    /** Forces what was written to the disk. */
    void force() throws IOException {
        try {
            channel.force(false);
        } catch (IOException e) {
            channel.close(); // the next call would succeed and prove nothing
            throw failed("force to the disk", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void append(FrameBuffer frame) throws IOException {
        ByteBuffer bytes = frame.sealed();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, length + bytes.position());
            }
        } catch (IOException e) {
            throw failed("write", e);
        }
        length += bytes.limit();
    }

    private IOException failed(String what, IOException cause) {
        return new IOException("cannot " + what + " " + file + ": " + cause.getMessage(), cause);
    }
}
