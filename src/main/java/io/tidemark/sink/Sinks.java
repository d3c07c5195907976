package io.tidemark.sink;

import io.tidemark.job.SinkSpec;
import io.tidemark.record.Schema;
import io.tidemark.sink.file.FileSinks;
import io.tidemark.sink.postgres.PostgresSink;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The door of this room: from one entry under {@code sinks} to the sink it means. */
public final class Sinks {
    private Sinks() {}

    /**
     * Touches nothing yet: no file, no connection. What is wrong with the place shows at {@link
     * Sink#check()} or at the first {@link Sink#publish}.
     *
     * @param schema of the rows
     * @param job the job's name, which receipts in a database are kept under
     * @param zone the job's zone, in which the day of a window is named
     */
    public static Sink open(SinkSpec spec, Schema schema, String job, ZoneId zone) {
        return switch (spec) {
            case SinkSpec.Files files -> FileSinks.open(files, schema, zone);
            case SinkSpec.Postgres postgres -> new PostgresSink(postgres, schema, job, zone);
        };
    }

    /** Where exported records can be read: these sinks, and behind them their former forms. */
    public static List<Sink> readable(List<Sink> sinks) {
        return Stream.concat(
                        sinks.stream(), sinks.stream().map(Sink::former).flatMap(Optional::stream))
                .toList();
    }
}
