package io.tidemark.run;

import io.tidemark.ledger.OpenRecord;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Of rows, those that are still going to change. */
final class OpenRecords implements Iterator<OpenRecord> {
    private final RowReader rows;
    private boolean atOne;

    OpenRecords(RowReader rows) {
        this.rows = rows;
    }

    @Override
    public boolean hasNext() {
        try {
            while (!atOne && rows.next()) {
                atOne = rows.row().isOpen();
            }
            return atOne;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public OpenRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        atOne = false;
        Row row = rows.row();
        return new OpenRecord(row.id(), row.schema().words().get(row.word()).text());
    }
}
