package io.tidemark.sandbox;

/** The answer is no: in the form the source gives it. */
final class ErrorAnswer extends RuntimeException {
    private final int status;
    private final Json body;

    private ErrorAnswer(int status, Json body) {
        super(null, null, false, false);
        this.status = status;
        this.body = body;
    }

    /** As the function service says it. */
    static ErrorAnswer fss(int status, String code, String message) {
        return new ErrorAnswer(status, errorBody(code, message));
    }

    /** As the gateway before it says it. */
    static ErrorAnswer apigw(int status, String code, String message) {
        return new ErrorAnswer(
                status,
                new Json(256)
                        .raw("{\"error_msg\":")
                        .text(message)
                        .raw(",\"error_code\":")
                        .text(code)
                        .raw(",\"request_id\":\"5f1c2e7a0b9d48c3a6e4d7f80912b3c4\"}"));
    }

    /** As the identity service says it. */
    static ErrorAnswer iam(int status, String title, String message) {
        return new ErrorAnswer(
                status,
                new Json(256)
                        .raw("{\"error\":{\"code\":")
                        .number(status)
                        .raw(",\"message\":")
                        .text(message)
                        .raw(",\"title\":")
                        .text(title)
                        .raw("}}"));
    }

    static ErrorAnswer badRequest(String message) {
        return fss(400, "FSS.0400", message);
    }

    static Json errorBody(String code, String message) {
        return new Json(256)
                .raw("{\"error_code\":")
                .text(code)
                .raw(",\"error_msg\":")
                .text(message)
                .raw("}");
    }

    Answer answer() {
        return new Answer(status, body);
    }
}
