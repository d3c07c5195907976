package io.tidemark.sink;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a sink says when a window stands there.
 *
 * @param sink {@link Sink#id()}
 * @param place where: a file under the sink's path with {@code /} between its parts, or a table;
 *     null where a window without records has no file
 * @param rows records of the window that stand there
 * @param bytes size of the file; null for a table or where there is no file
 * @param sha256 of the file, 64 hexadecimal digits in lower case; null as {@code bytes}
 */
public record Receipt(
        String sink,
        @Nullable String place,
        long rows,
        @Nullable Long bytes,
        @Nullable String sha256) {

    /** What this sink said; empty where it said nothing. */
    public static Optional<Receipt> of(Sink sink, List<Receipt> receipts) {
        return receipts.stream().filter(receipt -> receipt.sink().equals(sink.id())).findFirst();
    }
}
