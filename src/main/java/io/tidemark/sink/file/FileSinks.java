package io.tidemark.sink.file;

import io.tidemark.job.SinkSpec;
import io.tidemark.record.Schema;
import io.tidemark.sink.store.LocalStore;
import io.tidemark.sink.store.Store;
import java.time.ZoneId;
import java.util.Optional;

/** The door of this room. */
public final class FileSinks {
    private FileSinks() {}

    /** Touches nothing yet. */
    public static FileSink open(SinkSpec.Files spec, Schema schema, ZoneId zone) {
        Store store = new LocalStore(spec.path());
        return switch (spec) {
            case SinkSpec.Csv csv -> {
                SinkSpec.Csv other = new SinkSpec.Csv(csv.path(), !csv.formulaGuard());
                FileSink former =
                        sink(
                                other,
                                store,
                                zone,
                                schema,
                                csvFormat(other, schema),
                                Optional.empty());
                yield sink(csv, store, zone, schema, csvFormat(csv, schema), Optional.of(former));
            }
            case SinkSpec.Ndjson ndjson ->
                    sink(
                            ndjson,
                            store,
                            zone,
                            schema,
                            new NdjsonFormat(schema, ndjson.compression()),
                            Optional.empty());
            case SinkSpec.Parquet parquet ->
                    sink(
                            parquet,
                            store,
                            zone,
                            schema,
                            new ParquetFormat(schema, parquet.compression()),
                            Optional.empty());
        };
    }

    private static Format csvFormat(SinkSpec.Csv csv, Schema schema) {
        return new CsvFormat(schema, csv.formulaGuard());
    }

    private static FileSink sink(
            SinkSpec spec,
            Store store,
            ZoneId zone,
            Schema schema,
            Format format,
            Optional<FileSink> former) {
        return new FileSink(spec.id(), store, zone, schema, format, former);
    }
}
