package io.tidemark.source.functiongraph;

import io.tidemark.record.Bytes;
import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import io.tidemark.source.http.BrokenAnswer;
import io.tidemark.source.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One answer of the list of invocations: its bytes, and where in them each field of each record
 * stands. Makes no object per record, but for unusual ones: those are read by a general parser.
 *
 * <p>Lenient about the shape of every field, strict about the page: a page that may have lost
 * records on its way is broken, never short.
 */
final class RawPage {
    static final int REQUEST_ID = 0;
    static final int STATUS = 1;
    static final int ERROR_CODE = 2;
    static final int ERROR_MESSAGE = 3;
    static final int START_TIME = 4;
    static final int END_TIME = 5;
    static final int FIELDS = 6;

    /**
     * Of a record: where it begins and ends, and the same for each field; -1 where there is none.
     */
    private static final int STRIDE = 2 + 2 * FIELDS;

    private static final String[] NAMES = {
        "request_id", "status", "error_code", "error_message", "start_time", "end_time"
    };

    private byte[] body;
    private @Nullable Bytes unescaped;
    private int[] table = new int[STRIDE * 512];
    private @Nullable RawInvocation[] unusual = {};
    private long[] hashes = {};
    private int size;
    private boolean hasInvocations;
    private @Nullable String next;
    private Optional<Marker> marker = Optional.empty();
    private @Nullable String count;

    private RawPage(byte[] body) {
        this.body = body;
    }

    /**
     * @throws BrokenAnswer where it may have lost records on its way
     */
    static RawPage decode(byte[] body) throws BrokenAnswer {
        RawPage page = new RawPage(body);
        return new PageScanner(body, page).scan() ? page.checked() : decodeSlowly(body);
    }

    /** Whatever the page looks like, and with a reason where it is broken. */
    static RawPage decodeSlowly(byte[] body) throws BrokenAnswer {
        RawPage page = new RawPage(body);
        try (JsonParser json = Json.parser(body)) {
            page.read(json);
        } catch (JacksonException broken) {
            throw Json.broken(body, broken);
        }
        return page.checked();
    }

    private RawPage checked() throws BrokenAnswer {
        if (!hasInvocations) {
            throw new BrokenAnswer("an answer without 'invocations'");
        }
        marker = Marker.said(Optional.ofNullable(next));
        if (unescaped != null) {
            int answer = body.length;
            body = Arrays.copyOf(body, answer + unescaped.size());
            System.arraycopy(unescaped.data(), 0, body, answer, unescaped.size());
            unescaped = null;
        }
        return this;
    }

    private void read(JsonParser json) throws BrokenAnswer {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw Json.broken(body, null);
        }
        if (json.currentTokenLocation().getByteOffset() < 0) {
            throw new BrokenAnswer("JSON that is not UTF-8");
        }
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "invocations" -> readInvocations(json, value);
                case "next_marker" -> next = RawInvocation.scalar(json, value);
                case "count" -> count = RawInvocation.scalar(json, value);
                default -> json.skipChildren();
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw new BrokenAnswer("JSON with something behind its end");
        }
    }

    private void readInvocations(JsonParser json, JsonToken value) throws BrokenAnswer {
        beginInvocations();
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            throw new BrokenAnswer("an answer whose 'invocations' is no list");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            int from = Math.toIntExact(json.currentTokenLocation().getByteOffset());
            RawInvocation record = RawInvocation.read(json);
            beginRecord(from);
            endUnusual(record, Math.toIntExact(json.currentLocation().getByteOffset()));
        }
    }

    /** How much memory it takes, roughly. */
    long bytes() {
        return body.length + (long) Integer.BYTES * table.length;
    }

    /** Which of the fields is called so; -1 for all others. */
    static int field(String name) {
        for (int i = 0; i < FIELDS; i++) {
            if (NAMES[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    // told by whoever reads the bytes

    /** Whether it is the first time. */
    boolean beginInvocations() {
        boolean first = !hasInvocations;
        hasInvocations = true;
        return first;
    }

    void next(@Nullable String text) {
        next = text;
    }

    void count(@Nullable String text) {
        count = text;
    }

    /**
     * For texts without the escapes they came with: what is put here will stand behind the answer.
     */
    Bytes unescaped() {
        Bytes texts = unescaped;
        if (texts == null) {
            texts = new Bytes(1 << 12);
            unescaped = texts;
        }
        return texts;
    }

    void beginRecord(int from) {
        int at = size * STRIDE;
        if (table.length < at + STRIDE) {
            table = Arrays.copyOf(table, 2 * table.length);
        }
        Arrays.fill(table, at, at + STRIDE, -1);
        table[at] = from;
    }

    /**
     * A field of the record that was begun.
     *
     * @param from -1 for null
     */
    void field(int field, int from, int to) {
        int at = size * STRIDE + 2 + 2 * field;
        table[at] = from;
        table[at + 1] = to;
    }

    void endRecord(int to) {
        table[size * STRIDE + 1] = to;
        size++;
    }

    void endUnusual(RawInvocation record, int to) {
        if (unusual.length <= size) {
            unusual = Arrays.copyOf(unusual, Math.max(16, 2 * size));
        }
        unusual[size] = record;
        endRecord(to);
    }

    // asked for when it is whole

    /** How many records it has. */
    int size() {
        return size;
    }

    /** Where the source says the next page starts; what that means is {@link Paging}'s. */
    Optional<Marker> next() {
        return marker;
    }

    /** The records of the whole question, or only of this page; empty where it gives none. */
    OptionalLong count() {
        try {
            long number = count == null ? -1 : Long.parseLong(count.strip());
            return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
        } catch (NumberFormatException noCount) {
            return OptionalLong.empty();
        }
    }

    /** The record where it was read by the general parser; null for ordinary ones. */
    @Nullable RawInvocation unusual(int record) {
        return record < unusual.length ? unusual[record] : null;
    }

    /** The answer, and behind it texts that came with escapes. */
    byte[] body() {
        return body;
    }

    /** Where in {@link #body()} a field begins; -1 where it is null. Of ordinary records. */
    int from(int record, int field) {
        return table[record * STRIDE + 2 + 2 * field];
    }

    /** Where in {@link #body()} a field ends. Of ordinary records. */
    int to(int record, int field) {
        return table[record * STRIDE + 3 + 2 * field];
    }

    /** The record as the source wrote it; characters that no database holds stay escaped. */
    String json(int record) {
        int from = table[record * STRIDE];
        return new String(body, from, table[record * STRIDE + 1] - from, StandardCharsets.UTF_8);
    }

    /** Of each record, see {@link #hash}. To be asked for when the page is whole. */
    long[] hashes() {
        if (hashes.length != size) {
            long[] all = new long[size];
            for (int i = 0; i < size; i++) {
                all[i] = hash(i);
            }
            hashes = all;
        }
        return hashes;
    }

    /** A hash of the record's request_id, or, where it has none, of the whole record. */
    private long hash(int record) {
        RawInvocation odd = unusual(record);
        if (odd != null && odd.requestId() != null && !odd.requestId().isEmpty()) {
            byte[] id = odd.requestId().getBytes(StandardCharsets.UTF_8);
            return SeenIds.hash(id, 0, id.length);
        }
        int from = odd == null ? from(record, REQUEST_ID) : -1;
        int to = odd == null ? to(record, REQUEST_ID) : -1;
        return from < to
                ? SeenIds.hash(body, from, to)
                : SeenIds.hash(body, table[record * STRIDE], table[record * STRIDE + 1]);
    }

    /** For single records: the text; null where it has none. */
    @Nullable String requestId(int record) {
        return text(record, REQUEST_ID);
    }

    /** A field as text; null where there is none. */
    @Nullable String text(int record, int field) {
        RawInvocation odd = unusual(record);
        if (odd != null) {
            return switch (field) {
                case REQUEST_ID -> odd.requestId();
                case STATUS -> odd.status();
                case ERROR_CODE -> odd.errorCode();
                case ERROR_MESSAGE -> odd.errorMessage();
                case START_TIME -> odd.startTime();
                case END_TIME -> odd.endTime();
                default -> throw new IllegalArgumentException("no field " + field);
            };
        }
        int from = from(record, field);
        return from < 0
                ? null
                : new String(body, from, to(record, field) - from, StandardCharsets.UTF_8);
    }

    /** Which of its records has the id, which the source may have been asked for; -1 for none. */
    int indexOf(String requestId) {
        for (int i = 0; i < size; i++) {
            if (requestId.equals(requestId(i))) {
                return i;
            }
        }
        return -1;
    }

    /** Whether every record of it has this word for its status. */
    boolean isAllOf(String statusWord) {
        byte[] word = statusWord.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < size; i++) {
            boolean is =
                    unusual(i) == null
                            ? from(i, STATUS) >= 0
                                    && Arrays.equals(
                                            body,
                                            from(i, STATUS),
                                            to(i, STATUS),
                                            word,
                                            0,
                                            word.length)
                            : statusWord.equals(text(i, STATUS));
            if (!is) {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells whether a page that is read again is the page that was seen: equal for the same request
     * ids, in whatever order and state.
     */
    String fingerprint() {
        long sum = 0;
        long mixed = 0;
        for (long hash : hashes()) {
            sum += hash;
            mixed += SeenIds.mix(hash ^ 0x9e3779b97f4a7c15L);
        }
        HexFormat hex = HexFormat.of();
        return size + "-" + hex.toHexDigits(sum) + hex.toHexDigits(mixed);
    }

    /**
     * Each record becomes a row or is rejected; none is dropped.
     *
     * @return the words for a status that nobody documented
     */
    Set<String> normalise(Placement placement, Rows rows, List<Rejected> rejected) {
        Normaliser normaliser = new Normaliser(this, placement, rows);
        for (int i = 0; i < size; i++) {
            String misfit = normaliser.normalise(i);
            if (misfit != null) {
                rejected.add(new Rejected(json(i), misfit));
            }
        }
        return normaliser.undocumented();
    }
}
