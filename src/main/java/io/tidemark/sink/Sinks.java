package io.tidemark.sink;

import io.tidemark.spec.SinkSpec;
import java.time.ZoneId;

/** The door of this room: from one entry under {@code sinks} to the sink it means. */
public final class Sinks {
    private Sinks() {}

    /**
     * Touches nothing yet: no file, no connection. What is wrong with the place shows at {@link
     * Sink#check()} or at the first {@link Sink#publish}.
     *
     * @param job the job's name, which receipts in a database are kept under
     * @param zone the job's zone, in which the day of a window is named
     */
    public static Sink open(SinkSpec spec, String job, ZoneId zone) {
        return switch (spec) {
            case SinkSpec.Csv csv -> new FileSink(csv.id(), csv.path(), zone, new CsvFormat());
            case SinkSpec.Parquet parquet ->
                    new FileSink(
                            parquet.id(),
                            parquet.path(),
                            zone,
                            new ParquetFormat(parquet.compression()));
            case SinkSpec.Postgres postgres -> new PostgresSink(postgres, job, zone);
        };
    }
}
