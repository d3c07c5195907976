package io.tidemark.sink;

import io.tidemark.job.SinkSpec;
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
     * @param job the job's name, which receipts in a database are kept under
     * @param zone the job's zone, in which the day of a window is named
     */
    public static Sink open(SinkSpec spec, String job, ZoneId zone) {
        return switch (spec) {
            case SinkSpec.Csv csv ->
                    csv(csv, zone, Optional.of(csv(other(csv), zone, Optional.empty())));
            case SinkSpec.Parquet parquet ->
                    new FileSink(
                            parquet.id(),
                            parquet.path(),
                            zone,
                            new ParquetFormat(parquet.compression()));
            case SinkSpec.Postgres postgres -> new PostgresSink(postgres, job, zone);
        };
    }

    /** Where exported records can be read: these sinks, and behind them their former forms. */
    public static List<Sink> readable(List<Sink> sinks) {
        return Stream.concat(
                        sinks.stream(), sinks.stream().map(Sink::former).flatMap(Optional::stream))
                .toList();
    }

    private static FileSink csv(SinkSpec.Csv csv, ZoneId zone, Optional<FileSink> former) {
        return new FileSink(csv.id(), csv.path(), zone, new CsvFormat(csv.formulaGuard()), former);
    }

    private static SinkSpec.Csv other(SinkSpec.Csv csv) {
        return new SinkSpec.Csv(csv.path(), !csv.formulaGuard());
    }
}
