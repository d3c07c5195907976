package io.tidemark.sink.file;

import io.tidemark.job.SinkSpec.Compression;
import io.tidemark.record.Field;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.Schema;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema.Type;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Parquet, format version 1, which every reader knows, with the columns of an Avro schema. Written
 * without any class of Hadoop: ADR 0003.
 */
final class ParquetFormat implements Format {
    /** What an open writer holds in the heap, for each window that is being published. */
    private static final long ROW_GROUP_BYTES = 16L << 20;

    /**
     * How often the writer looks at its size. It would guess from the records it has seen, up to
     * 10,000 ahead, and ten thousand messages of a megabyte after small ones would fill any heap.
     */
    private static final int ROWS_BETWEEN_SIZE_CHECKS = 16;

    /** Of the smallest and largest text in a footer: enough to skip by, however long texts are. */
    private static final int STATISTICS_BYTES = 64;

    private final Schema schema;
    private final org.apache.avro.Schema avro;
    private final MessageType columns;
    private final CompressionCodecName compression;

    ParquetFormat(Schema schema, Compression compression) {
        this.schema = schema;
        this.avro = avro(schema);
        this.columns = new AvroSchemaConverter(new PlainParquetConfiguration()).convert(avro);
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
    public long write(RowReader rows, OutputStream out) throws IOException {
        long count = 0;
        try (ParquetWriter<Row> writer = writer(out)) {
            while (rows.next()) {
                writer.write(rows.row());
                count++;
            }
        }
        return count;
    }

    @Override
    public long count(SeekableByteChannel file) throws IOException {
        try (ParquetFileReader footer = ParquetFile.open(file)) {
            return footer.getRecordCount();
        }
    }

    @Override
    public @Nullable String owner(SeekableByteChannel file) throws IOException {
        try (ParquetRecords records = new ParquetRecords(ParquetFile.open(file), columns)) {
            return records.next() ? String.valueOf(records.value(0)) : null;
        }
    }

    @Override
    public RowReader read(SeekableByteChannel file, Feed feed) throws IOException {
        ParquetRecords records;
        try {
            records = new ParquetRecords(ParquetFile.open(file), columns);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new TextRows(schema, feed) {
            @Override
            boolean advance() throws IOException {
                return records.next();
            }

            @Override
            @Nullable Object value(int field) {
                return records.value(field);
            }

            @Override
            public void close() throws IOException {
                records.close();
                file.close();
            }
        };
    }

    private ParquetWriter<Row> writer(OutputStream out) throws IOException {
        return new Builder(new StreamOutputFile(out))
                .withConf(new PlainParquetConfiguration())
                .withCodecFactory(new ParquetCodec())
                .withCompressionCodec(compression)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .withMinRowCountForPageSizeCheck(ROWS_BETWEEN_SIZE_CHECKS)
                .withMaxRowCountForPageSizeCheck(ROWS_BETWEEN_SIZE_CHECKS)
                .withStatisticsTruncateLength(STATISTICS_BYTES)
                .build();
    }

    private final class Builder extends ParquetWriter.Builder<Row, Builder> {
        Builder(OutputFile file) {
            super(file);
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // abstract there, and called by nobody here
        protected WriteSupport<Row> getWriteSupport(Configuration hadoop) {
            return new RowWriteSupport();
        }

        @Override
        protected WriteSupport<Row> getWriteSupport(ParquetConfiguration plain) {
            return new RowWriteSupport();
        }
    }

    /** Hands the bytes of rows to Parquet as they are. */
    private final class RowWriteSupport extends WriteSupport<Row> {
        private final String[] names =
                schema.fields().stream().map(Field::name).toArray(String[]::new);
        private @Nullable RecordConsumer consumer;

        @Override
        public String getName() {
            return "avro";
        }

        @Override
        @SuppressWarnings("deprecation") // abstract there, and called by nobody here
        public WriteContext init(Configuration hadoop) {
            return init(new PlainParquetConfiguration());
        }

        @Override
        public WriteContext init(ParquetConfiguration plain) {
            return new WriteContext(columns, Map.of("parquet.avro.schema", avro.toString()));
        }

        @Override
        public void prepareForWrite(RecordConsumer to) {
            consumer = to;
        }

        @Override
        public void write(Row row) {
            RecordConsumer to = consumer;
            if (to == null) {
                throw new IllegalStateException("not prepared");
            }
            to.startMessage();
            for (int i = 0; i < names.length; i++) {
                if (row.isNull(i)) {
                    continue;
                }
                to.startField(names[i], i);
                switch (schema.field(i).type()) {
                    case TEXT -> {
                        int from = row.from(i);
                        to.addBinary(
                                Binary.fromReusedByteArray(row.bytes(i), from, row.to(i) - from));
                    }
                    case BIGINT, TIMESTAMP -> to.addLong(row.number(i));
                }
                to.endField(names[i], i);
            }
            to.endMessage();
        }
    }

    private static org.apache.avro.Schema avro(Schema schema) {
        return org.apache.avro.Schema.createRecord(
                "invocation",
                null,
                null,
                false,
                schema.fields().stream()
                        .map(field -> new org.apache.avro.Schema.Field(field.name(), avro(field)))
                        .toList());
    }

    private static org.apache.avro.Schema avro(Field field) {
        org.apache.avro.Schema type =
                switch (field.type()) {
                    case TEXT -> org.apache.avro.Schema.create(Type.STRING);
                    case BIGINT -> org.apache.avro.Schema.create(Type.LONG);
                    case TIMESTAMP ->
                            LogicalTypes.timestampMicros()
                                    .addToSchema(org.apache.avro.Schema.create(Type.LONG));
                };
        return field.nullable()
                ? org.apache.avro.Schema.createUnion(org.apache.avro.Schema.create(Type.NULL), type)
                : type;
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
