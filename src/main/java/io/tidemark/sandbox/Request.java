package io.tidemark.sandbox;

import java.time.Instant;

/**
 * One request the API was asked, in the order of arrival of answers.
 *
 * @param at when it was answered, by the settings' clock
 * @param path raw, as it was sent
 * @param query raw, without the question mark; empty where there was none
 * @param status of the answer; 0 where the connection was closed without one
 */
public record Request(Instant at, String method, String path, String query, int status) {}
