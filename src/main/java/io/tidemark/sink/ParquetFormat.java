package io.tidemark.sink;

import io.tidemark.invocation.Column;
import io.tidemark.invocation.Invocation;
import io.tidemark.job.SinkSpec.Compression;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Parquet, format version 1, which every reader knows. Written without any class of Hadoop: ADR
 * 0003.
 */
final class ParquetFormat implements RecordFormat {
    /** What an open writer holds in the heap, for each window that is being published. */
    private static final long ROW_GROUP_BYTES = 16L << 20;

    /**
     * How often the writer looks at its size. It would guess from the records it has seen, up to
     * 10,000 ahead, and ten thousand messages of a megabyte after small ones would fill any heap.
     */
    private static final int ROWS_BETWEEN_SIZE_CHECKS = 16;

    /** Of the smallest and largest text in a footer: enough to skip by, however long texts are. */
    private static final int STATISTICS_BYTES = 64;

    private static final Column[] COLUMNS = Column.values();
    private static final Schema SCHEMA = schema();

    private final CompressionCodecName compression;

    ParquetFormat(Compression compression) {
        this.compression =
                switch (compression) {
                    case ZSTD -> CompressionCodecName.ZSTD;
                    case SNAPPY -> CompressionCodecName.SNAPPY;
                    case NONE -> CompressionCodecName.UNCOMPRESSED;
                };
    }

    @Override
    public String extension() {
        return "parquet";
    }

    @Override
    public long write(Iterator<Invocation> records, OutputStream out)
            throws IOException, SinkException {
        long rows = 0;
        try (ParquetWriter<GenericRecord> writer = writer(out)) {
            while (records.hasNext()) {
                writer.write(row(records.next()));
                rows++;
            }
        }
        return rows;
    }

    @Override
    public long count(Path file) throws IOException {
        try (ParquetFileReader footer = ParquetFile.open(file)) {
            return footer.getRecordCount();
        }
    }

    @Override
    public InvocationReader read(Path file) throws IOException {
        ParquetFileReader reader = ParquetFile.open(file);
        try {
            return new ParquetRows(reader, SCHEMA);
        } catch (IOException e) {
            reader.close();
            throw e;
        }
    }

    private ParquetWriter<GenericRecord> writer(OutputStream out) throws IOException {
        return AvroParquetWriter.<GenericRecord>builder(new StreamOutputFile(out))
                .withSchema(SCHEMA)
                .withDataModel(GenericData.get())
                .withConf(new PlainParquetConfiguration())
                .withCodecFactory(new ParquetCodec())
                .withCompressionCodec(compression)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .withMinRowCountForPageSizeCheck(ROWS_BETWEEN_SIZE_CHECKS)
                .withMaxRowCountForPageSizeCheck(ROWS_BETWEEN_SIZE_CHECKS)
                .withStatisticsTruncateLength(STATISTICS_BYTES)
                .build();
    }

    private static Schema schema() {
        return Schema.createRecord(
                "invocation",
                null,
                null,
                false,
                Stream.of(COLUMNS)
                        .map(column -> new Schema.Field(column.columnName(), schemaOf(column)))
                        .toList());
    }

    private static Schema schemaOf(Column column) {
        Schema type =
                switch (column.type()) {
                    case TEXT -> Schema.create(Schema.Type.STRING);
                    case BIGINT -> Schema.create(Schema.Type.LONG);
                    case TIMESTAMP ->
                            LogicalTypes.timestampMicros()
                                    .addToSchema(Schema.create(Schema.Type.LONG));
                };
        return column.nullable() ? Schema.createUnion(Schema.create(Schema.Type.NULL), type) : type;
    }

    private static GenericRecord row(Invocation invocation) throws SinkException {
        GenericRecord row = new GenericData.Record(SCHEMA);
        for (int i = 0; i < COLUMNS.length; i++) {
            row.put(i, value(COLUMNS[i], COLUMNS[i].of(invocation)));
        }
        return row;
    }

    private static @Nullable Object value(Column column, @Nullable Object value)
            throws SinkException {
        return switch (value) {
            case null -> null;
            case String text -> new Utf8(text);
            case Instant time -> Micros.since(0, time, column);
            default -> value;
        };
    }

    /** A stream as the file Parquet wants to write; it stays open when Parquet is done. */
    private record StreamOutputFile(OutputStream out) implements OutputFile {
        @Override
        public PositionOutputStream create(long blockSizeHint) {
            return new PositionOutputStream() {
                private long position;

                @Override
                public long getPos() {
                    return position;
                }

                @Override
                public void write(int b) throws IOException {
                    out.write(b);
                    position++;
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    out.write(from, offset, length);
                    position += length;
                }

                @Override
                public void flush() throws IOException {
                    out.flush();
                }
            };
        }

        @Override
        public PositionOutputStream createOrOverwrite(long blockSizeHint) {
            return create(blockSizeHint);
        }

        @Override
        public boolean supportsBlockSize() {
            return false;
        }

        @Override
        public long defaultBlockSize() {
            return 0;
        }
    }
}
