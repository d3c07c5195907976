package io.tidemark.source.functiongraph;

import io.tidemark.record.Field;
import io.tidemark.record.Field.Outlook;
import io.tidemark.record.Schema;
import java.util.List;

/** What the records of FunctionGraph look like, and where their fields are. */
final class Invocations {
    static final int WAITING = 0;
    static final int RUNNING = 1;
    static final int UNKNOWN = 2;
    static final int SUCCEEDED = 3;
    static final int FAILED = 4;
    static final int DISCARDED = 5;

    static final Schema SCHEMA =
            new Schema(
                    "function",
                    List.of(
                            Field.ofFeed("function_urn"),
                            Field.ofFeed("region"),
                            Field.ofFeed("project_id"),
                            Field.ofFeed("package"),
                            Field.ofFeed("function_name"),
                            Field.ofFeed("version"),
                            Field.required("request_id"),
                            Field.state(
                                    "status",
                                    List.of(
                                            new Field.Word("WAITING", 0, Outlook.OPEN),
                                            new Field.Word("RUNNING", 1, Outlook.OPEN),
                                            // a word nobody documented, which may be a new name for
                                            // any of the others
                                            new Field.Word("UNKNOWN", 2, Outlook.OPEN_UNTIL_ENDED),
                                            new Field.Word("SUCCEEDED", 3, Outlook.FINAL),
                                            new Field.Word("FAILED", 3, Outlook.FINAL),
                                            new Field.Word("DISCARDED", 3, Outlook.FINAL))),
                            Field.required("raw_status"),
                            Field.optional("error_code", Field.Type.BIGINT),
                            Field.optional("error_message", Field.Type.TEXT),
                            Field.optional("start_time", Field.Type.TIMESTAMP),
                            Field.optional("end_time", Field.Type.TIMESTAMP),
                            Field.optional("duration_ms", Field.Type.BIGINT)),
                    "request_id",
                    "status",
                    "start_time",
                    "end_time",
                    List.of("end_time", "start_time", "raw_status", "error_code", "error_message"));

    static final int REQUEST_ID = SCHEMA.index("request_id");
    static final int RAW_STATUS = SCHEMA.index("raw_status");
    static final int ERROR_CODE = SCHEMA.index("error_code");
    static final int ERROR_MESSAGE = SCHEMA.index("error_message");
    static final int START_TIME = SCHEMA.index("start_time");
    static final int END_TIME = SCHEMA.index("end_time");
    static final int DURATION_MS = SCHEMA.index("duration_ms");

    private Invocations() {}
}
