package io.tidemark.source.http;

import java.net.http.HttpHeaders;

/** What came of one request on the transport. */
public sealed interface Reply {

    /** A whole answer, whatever it says; the body unpacked. */
    record Received(int status, HttpHeaders headers, byte[] body) implements Reply {}

    /** The proxy that was named cannot be used, or refuses. */
    record NoProxy(String why) implements Reply {}

    /** Somebody answers whose certificate nobody vouches for. */
    record Untrusted(String why) implements Reply {}

    /** The connection could not be made. */
    record NoConnection(String why) implements Reply {}

    /** The connection was made, but no whole answer came. */
    record Lost(String why) implements Reply {}

    /** The answer was longer than is taken. */
    record TooLong(String why) implements Reply {}

    /** A header has characters that cannot be sent, as a token with a line break has. */
    record Unsendable() implements Reply {}
}
