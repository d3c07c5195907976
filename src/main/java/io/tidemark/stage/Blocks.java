package io.tidemark.stage;

import io.tidemark.record.Bytes;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Files of this room: blocks one behind the other, believed only as far as they are whole.
 *
 * <pre>
 * int  length of the payload
 * int  CRC32C of the payload
 * int  CRC32C of the eight bytes before: a damaged length is never believed
 * byte kind, the first of the payload
 * ...
 * </pre>
 */
final class Blocks {
    /** Blocks are ended as they reach it: large enough to be quick, small enough to hold many. */
    static final int BLOCK_BYTES = 64 * 1024;

    static final int TITLE = 0;
    static final int ROWS = 1;
    static final int REJECTED = 2;
    static final int ANSWERS = 3;

    private static final int HEADER = 12;

    private Blocks() {}

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
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

    /** Appends blocks to a file. */
    static final class Writer implements Closeable {
        private final Path file;
        private final FileChannel channel;
        private final Bytes block = new Bytes(1 << 10);
        private long length;

        private Writer(Path file, FileChannel channel, long length) {
            this.file = file;
            this.channel = channel;
            this.length = length;
        }

        static Writer create(Path file) throws IOException {
            return new Writer(
                    file,
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    0);
        }

        /** Cuts the file back to the length and goes on from there. */
        static Writer continueAt(Path file, long length) throws IOException {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            try {
                channel.truncate(length);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            return new Writer(file, channel, length);
        }

        /** The end of the last whole block. What a failed write left behind it is overwritten. */
        long length() {
            return length;
        }

        /** An empty block to be filled, and then appended. */
        Bytes begin(int kind) {
            block.clear();
            block.room(HEADER);
            for (int i = 0; i < HEADER; i++) {
                block.put(0);
            }
            block.put(kind);
            return block;
        }

        /** Whether the block that was begun is as large as a block should be. */
        boolean isFull() {
            return block.size() >= BLOCK_BYTES;
        }

        /** Appends the block that was begun, unless there is nothing in it. */
        void append() throws IOException {
            if (block.size() == HEADER + 1) {
                return;
            }
            int size = block.size() - HEADER;
            ByteBuffer bytes = ByteBuffer.wrap(block.data(), 0, block.size());
            bytes.putInt(0, size).putInt(4, checksum(block.data(), HEADER, size));
            bytes.putInt(8, checksum(block.data(), 0, 8));
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes, length + bytes.position());
                }
            } catch (IOException e) {
                throw failed("write", e);
            }
            length += bytes.limit();
        }

        /** Forces what was appended to the disk. */
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

        private IOException failed(String what, IOException cause) {
            return new IOException(
                    "cannot " + what + " " + file + ": " + cause.getMessage(), cause);
        }
    }

    /** Reads the blocks of a file from its beginning to a length. */
    static final class Reader implements Closeable {
        private final Path file;
        private final long length;
        private final InputStream in;
        private final byte[] header = new byte[HEADER];
        private byte[] payload = new byte[1 << 10];
        private int size;
        private long position;

        Reader(Path file, long length) throws IOException {
            this.file = file;
            this.length = length;
            this.in = Files.newInputStream(file);
        }

        /**
         * Goes to the next block; false at the end.
         *
         * @throws Damaged where the bytes up to the length are not a row of whole blocks
         */
        boolean next() throws IOException {
            if (position == length) {
                return false;
            }
            fill(header, header.length);
            ByteBuffer head = ByteBuffer.wrap(header);
            size = head.getInt();
            int checksum = head.getInt();
            if (head.getInt() != checksum(header, 0, 8) || size < 1) {
                throw damaged();
            }
            if (size > length - position - header.length) {
                throw new Damaged(file, "it does not end with a block at byte " + length);
            }
            if (payload.length < size) {
                payload = new byte[size];
            }
            fill(payload, size);
            if (checksum != checksum(payload, 0, size)) {
                throw damaged();
            }
            position += header.length + size;
            return true;
        }

        int kind() {
            return payload[0];
        }

        /** The array the block is in; what it holds begins at 1. */
        byte[] data() {
            return payload;
        }

        /** Where in {@link #data()} the block ends. */
        int end() {
            return size;
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
    }
}
