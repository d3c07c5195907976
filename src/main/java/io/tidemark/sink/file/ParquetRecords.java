package io.tidemark.sink.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroReadSupport;
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
final class ParquetRecords implements Closeable {
    private final ParquetFileReader file;
    private final MessageColumnIO columns;
    private final RecordMaterializer<GenericRecord> records;
    private @Nullable RecordReader<GenericRecord> group;
    private long leftInGroup;
    private @Nullable GenericRecord record;

    /**
     * @param file is closed with this, or when this fails
     * @throws IOException the file has other columns
     */
    ParquetRecords(ParquetFileReader file, MessageType expected) throws IOException {
        this.file = file;
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        MessageType schema = file.getFileMetaData().getSchema();
        if (!schema.equals(expected)) {
            file.close();
            throw new IOException("it has other columns");
        }
        this.columns = new ColumnIOFactory().getColumnIO(schema);
        Map<String, String> metadata = file.getFileMetaData().getKeyValueMetaData();
        AvroReadSupport<GenericRecord> avro = new AvroReadSupport<>(GenericData.get());
        ReadSupport.ReadContext context = avro.init(configuration, metadata, schema);
        this.records = avro.prepareForRead(configuration, metadata, schema, context);
    }

    boolean next() throws IOException {
        try {
            while (group == null || leftInGroup == 0) {
                PageReadStore pages = file.readNextRowGroup();
                if (pages == null) {
                    return false;
                }
                group = columns.getRecordReader(pages, records);
                leftInGroup = pages.getRowCount();
            }
            leftInGroup--;
            record = group.read();
            return true;
        } catch (RuntimeException e) {
            throw new IOException("a record in it cannot be read", e);
        }
    }

    /** A text, or a number, which for times is in microseconds; null where there is none. */
    @Nullable Object value(int field) {
        Object value = record == null ? null : record.get(field);
        return value == null || value instanceof Long ? value : value.toString();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
