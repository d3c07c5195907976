package io.tidemark.invocation;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns of one record: the same, in this order, in every sink. */
public enum Column {
    FUNCTION_URN(Type.TEXT, false, i -> i.function().toString()),
    REGION(Type.TEXT, false, i -> i.function().region()),
    PROJECT_ID(Type.TEXT, false, i -> i.function().projectId()),
    PACKAGE(Type.TEXT, false, i -> i.function().packageName()),
    FUNCTION_NAME(Type.TEXT, false, i -> i.function().functionName()),
    VERSION(Type.TEXT, false, i -> i.function().version()),
    REQUEST_ID(Type.TEXT, false, Invocation::requestId),
    STATUS(Type.TEXT, false, i -> i.status().name()),
    RAW_STATUS(Type.TEXT, false, Invocation::rawStatus),
    ERROR_CODE(Type.BIGINT, true, Invocation::errorCode),
    ERROR_MESSAGE(Type.TEXT, true, Invocation::errorMessage),
    START_TIME(Type.TIMESTAMP, true, Invocation::startTime),
    END_TIME(Type.TIMESTAMP, true, Invocation::endTime),
    DURATION_MS(Type.BIGINT, true, Invocation::durationMs);

    /** What a column holds; as Java: {@code String}, {@code Long}, {@code Instant}. */
    public enum Type {
        TEXT,
        BIGINT,
        TIMESTAMP
    }

    private final Type type;
    private final boolean nullable;
    private final Function<Invocation, @Nullable Object> value;

    Column(Type type, boolean nullable, Function<Invocation, @Nullable Object> value) {
        this.type = type;
        this.nullable = nullable;
        this.value = value;
    }

    /** The name it has in every sink. */
    public String columnName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public Type type() {
        return type;
    }

    public boolean nullable() {
        return nullable;
    }

    /** This column of the record, as the Java type of {@link #type()}. */
    public @Nullable Object of(Invocation invocation) {
        return value.apply(invocation);
    }
}
