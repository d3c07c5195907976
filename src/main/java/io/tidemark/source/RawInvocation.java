package io.tidemark.source;

import org.jspecify.annotations.Nullable;

/**
 * One record as the source gave it. Numbers are text as well; null where a field is absent or null.
 *
 * @param misshapen one sentence on what is not even text, such as an object for a status; null for
 *     every ordinary record
 * @param json the whole record
 */
public record RawInvocation(
        @Nullable String requestId,
        @Nullable String status,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable String startTime,
        @Nullable String endTime,
        @Nullable String misshapen,
        RawJson json) {}
