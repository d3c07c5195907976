package io.tidemark.sandbox;

/** What functions that fail have to say, in all the ways that break careless writers of CSV. */
final class ErrorTexts {

    record Text(int code, String message) {}

    /** Of an invocation that did not fail. */
    static final Text NONE = new Text(0, "");

    private static final String[] RAISED = {
        "KeyError: 'customer_id' (order %s)",
        "Traceback (most recent call last):\n"
                + "  File \"/opt/function/code/index.py\", line 42, in handler\n"
                + "    total += int(item[\"amount\"])\n"
                + "ValueError: invalid literal for int() with base 10: '12,50'",
        "{\"errorMessage\":\"Connection refused: orders-db:5432\",\"errorType\":\"ConnectException\"}",
        "=HYPERLINK(\"http://example.invalid/%s\",\"open\")",
        "Zeitüberschreitung nach 900 s, Größe der Antwort: 0 Byte",
        "画像の変換に失敗しました 🖼 %s.png",
        "java.lang.OutOfMemoryError: Java heap space\r\n\tat com.example.Resize.run(Resize.java:118)",
        "+49 30 901820 is no account number, order \"%s\"",
        "-1: C:\\temp\\orders\\%s.csv: not found; retried 3 times",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "  leading and trailing blanks, a \"\" pair, a line separator\u2028and a lone \r return  ",
        "Function execution timed out after 30 seconds"
    };

    private final boolean someHuge;

    ErrorTexts(Behaviour behaviour) {
        this.someHuge = behaviour.of(Behaviour.Messages.class) == Behaviour.Messages.SOME_HUGE;
    }

    Text of(History.Outcome outcome, long hash) {
        return switch (outcome) {
            case SUCCESS -> NONE;
            case DISCARD ->
                    (hash & 0x10000) == 0
                            ? new Text(4429, "The event was discarded: too many are waiting")
                            : new Text(4208, "The event was discarded: it waited for too long");
            case FAIL -> {
                int which = (int) Long.remainderUnsigned(hash >>> 20, RAISED.length);
                String order = Long.toHexString(hash >>> 32);
                String message = RAISED[which].replace("%s", order);
                boolean huge = someHuge && (hash >>> 24 & 0xff) < 8;
                yield new Text(
                        4200 + which,
                        huge ? message.repeat(1 + 1_000_000 / message.length()) : message);
            }
        };
    }
}
