package io.tidemark.testing;

import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import io.tidemark.record.Times;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.source.functiongraph.FunctionGraph;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as the sandbox has them, made into rows and back, field by field. */
public final class Records {
    public static final Schema SCHEMA = FunctionGraph.SCHEMA;

    private Records() {}

    public static Feed feed(FunctionUrn function) {
        return FunctionGraph.feed(function.toString());
    }

    /** In the order they are given. */
    public static Rows rows(Collection<Invocation> records) {
        Rows rows = new Rows(SCHEMA);
        records.forEach(record -> add(record, rows));
        return rows;
    }

    /** In the order they are given; all of one function. */
    public static RowReader reader(Feed feed, Collection<Invocation> records) {
        return rows(records).reader(feed.values());
    }

    /** One after the other, as they are asked for; all of one function. */
    public static RowReader reader(Feed feed, Iterator<Invocation> records) {
        Rows one = new Rows(SCHEMA);
        Row row = new Row(SCHEMA, feed.values());
        return new RowReader() {
            @Override
            public boolean next() {
                if (!records.hasNext()) {
                    return false;
                }
                one.clear();
                add(records.next(), one);
                row.at(one.data(), 0);
                return true;
            }

            @Override
            public Row row() {
                return row;
            }

            @Override
            public void close() {
                // only memory
            }
        };
    }

    /** The same, to be read more than once: what was asked for is remembered. */
    public static RowSource source(Feed feed, Iterator<Invocation> records) {
        List<Invocation> seen = new ArrayList<>();
        return new RowSource() {
            @Override
            public RowReader open() {
                return reader(feed, new Remembering(seen, records));
            }

            @Override
            public RowReader byId() {
                List<Invocation> all = new ArrayList<>();
                new Remembering(seen, records).forEachRemaining(all::add);
                all.sort(
                        Comparator.comparing(
                                record -> record.requestId().getBytes(StandardCharsets.UTF_8),
                                Arrays::compareUnsigned));
                return reader(feed, all);
            }
        };
    }

    private static final class Remembering implements Iterator<Invocation> {
        private final List<Invocation> seen;
        private final Iterator<Invocation> more;
        private int next;

        Remembering(List<Invocation> seen, Iterator<Invocation> more) {
            this.seen = seen;
            this.more = more;
        }

        @Override
        public boolean hasNext() {
            return next < seen.size() || more.hasNext();
        }

        @Override
        public Invocation next() {
            if (next == seen.size()) {
                seen.add(more.next());
            }
            return seen.get(next++);
        }
    }

    public static void add(Invocation record, Rows to) {
        add(record, to, Row.HERE);
    }

    public static void add(Invocation record, Rows to, int place) {
        to.begin().place(place).state(SCHEMA.word(record.status().name()));
        to.text(SCHEMA.index("request_id"), record.requestId());
        to.text(SCHEMA.index("raw_status"), record.rawStatus());
        if (record.errorMessage() != null) {
            to.text(SCHEMA.index("error_message"), record.errorMessage());
        }
        number(to, "error_code", record.errorCode());
        number(to, "start_time", micros(record.startTime()));
        number(to, "end_time", micros(record.endTime()));
        number(to, "duration_ms", record.durationMs());
        to.end();
    }

    /** All that are left; the reader is closed. */
    public static List<Invocation> invocations(RowReader rows) {
        List<Invocation> records = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                records.add(invocation(rows.row()));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return records;
    }

    public static Invocation invocation(Row row) {
        return new Invocation(
                FunctionUrn.of(String.valueOf(row.text(0))),
                row.id(),
                InvocationStatus.valueOf(String.valueOf(row.text(SCHEMA.state()))),
                String.valueOf(row.text(SCHEMA.index("raw_status"))),
                number(row, "error_code"),
                row.text(SCHEMA.index("error_message")),
                time(row, "start_time"),
                time(row, "end_time"));
    }

    private static void number(Rows to, String field, @Nullable Long value) {
        if (value != null) {
            to.number(SCHEMA.index(field), value);
        }
    }

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : Times.micros(time);
    }

    private static @Nullable Long number(Row row, String field) {
        int index = SCHEMA.index(field);
        return row.isNull(index) ? null : row.number(index);
    }

    private static @Nullable Instant time(Row row, String field) {
        Long micros = number(row, field);
        return micros == null ? null : Times.instant(micros);
    }
}
