package io.tidemark.record;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The canonical form of a row: a JSON object on one line, every field in the schema's order, no
 * blanks, null as {@code null}, numbers in decimal, times as {@link Times#put} writes them, texts
 * in UTF-8 with the escapes of RFC 8785 and no others, the line ended by LF. The SHA-256 over the
 * rows of a window in this form is its fingerprint.
 */
public final class Canonical {
    private static final byte[][] ESCAPES = escapes();
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final Schema schema;
    private final byte[][] names;

    public Canonical(Schema schema) {
        this.schema = schema;
        this.names = new byte[schema.size()][];
        for (int i = 0; i < names.length; i++) {
            String name = (i == 0 ? "{\"" : ",\"") + schema.field(i).name() + "\":";
            names[i] = name.getBytes(StandardCharsets.UTF_8);
        }
    }

    public void put(Row row, Bytes to) {
        for (int i = 0; i < names.length; i++) {
            to.put(names[i]);
            if (row.isNull(i)) {
                to.put(NULL);
                continue;
            }
            switch (schema.field(i).type()) {
                case TEXT -> putText(row.bytes(i), row.from(i), row.to(i), to);
                case BIGINT -> to.putDecimal(row.number(i));
                case TIMESTAMP -> {
                    to.put('"');
                    Times.put(row.number(i), to);
                    to.put('"');
                }
            }
        }
        to.put('}');
        to.put('\n');
    }

    private static void putText(byte[] text, int from, int end, Bytes to) {
        to.put('"');
        int plain = from;
        for (int i = from; i < end; i++) {
            byte c = text[i];
            if (c >= 0 && c < ' ' || c == '"' || c == '\\') {
                to.put(text, plain, i - plain);
                to.put(ESCAPES[c]);
                plain = i + 1;
            }
        }
        to.put(text, plain, end - plain);
        to.put('"');
    }

    /** RFC 8785, 3.2.2.2. */
    private static byte[][] escapes() {
        byte[][] escapes = new byte[128][];
        for (int c = 0; c < ' '; c++) {
            escapes[c] =
                    ("\\u00" + HexFormat.of().toHexDigits((byte) c))
                            .getBytes(StandardCharsets.US_ASCII);
        }
        String shorts = "b\bt\tn\nf\fr\r\"\"\\\\";
        for (int i = 0; i < shorts.length(); i += 2) {
            escapes[shorts.charAt(i + 1)] =
                    ("\\" + shorts.charAt(i)).getBytes(StandardCharsets.US_ASCII);
        }
        return escapes;
    }
}
