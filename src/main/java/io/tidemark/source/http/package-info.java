/**
 * Asks an HTTP API: connections, proxies, credentials, signatures, one budget of requests, and
 * repetition as long as it is worth while.
 *
 * <p>Start at {@link io.tidemark.source.http.Requests}. Only sources use it; it does not know what
 * is asked for.
 */
@NullMarked
package io.tidemark.source.http;

import org.jspecify.annotations.NullMarked;
