package io.tidemark.sink;

import io.tidemark.invocation.Column;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** The records of a Parquet file, one row group at a time in the heap. */
final class ParquetRows extends RowReader {
    private final ParquetFileReader file;
    private final MessageColumnIO columns;
    private final RecordMaterializer<GenericRecord> records;
    private @Nullable RecordReader<GenericRecord> group;
    private long leftInGroup;

    /**
     * @param file is closed with this
     * @throws IOException the file has other columns
     */
    ParquetRows(ParquetFileReader file, Schema expected) throws IOException {
        this.file = file;
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        MessageType schema = file.getFileMetaData().getSchema();
        if (!schema.equals(new AvroSchemaConverter(configuration).convert(expected))) {
            throw new IOException("it has other columns");
        }
        this.columns = new ColumnIOFactory().getColumnIO(schema);
        Map<String, String> metadata = file.getFileMetaData().getKeyValueMetaData();
        AvroReadSupport<GenericRecord> avro = new AvroReadSupport<>(GenericData.get());
        ReadSupport.ReadContext context = avro.init(configuration, metadata, schema);
        this.records = avro.prepareForRead(configuration, metadata, schema, context);
    }

    @Override
    @Nullable Row nextRow() throws IOException {
        while (group == null || leftInGroup == 0) {
            PageReadStore pages = file.readNextRowGroup();
            if (pages == null) {
                return null;
            }
            group = columns.getRecordReader(pages, records);
            leftInGroup = pages.getRowCount();
        }
        leftInGroup--;
        GenericRecord record = group.read();
        return column -> value(column, record.get(column.ordinal()));
    }

    private static @Nullable Object value(Column column, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (column.type()) {
            case TEXT -> value.toString();
            case BIGINT -> value;
            case TIMESTAMP -> Micros.instant((Long) value);
        };
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
