package io.tidemark.source;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why the source gave no answer, after everything that is worth trying was tried. A value, so that
 * whoever asks has to decide; {@link #scope()} says what is lost with it, {@link #message()} what a
 * person is told.
 */
public sealed interface Failure {

    /**
     * The source asks for fewer requests, and to wait for longer than {@link Patience#throttled()}.
     *
     * @param waited how long it was waited in all
     * @param comeBackIn how long it asked to wait after that; empty where it did not say
     */
    record Throttled(Circumstances circumstances, Duration waited, Optional<Duration> comeBackIn)
            implements Failure {}

    /** It answers, but with errors of its own, too late, or with what is no page. */
    record Unavailable(Circumstances circumstances) implements Failure {}

    /** Nothing answers there: name, network or proxy. */
    record Unreachable(Circumstances circumstances) implements Failure {}

    /** A proxy was named that cannot be used, or that lets nothing through. */
    record NoProxy(Circumstances circumstances) implements Failure {}

    /** Somebody answers whose certificate nobody vouches for; nothing was sent to it. */
    record Untrusted(Circumstances circumstances) implements Failure {}

    /**
     * It does not believe who asks, or does not allow it.
     *
     * @param advice what to do about it with the authentication in use; one sentence
     */
    record Denied(Circumstances circumstances, String advice) implements Failure {}

    record NoSuchFunction(Circumstances circumstances) implements Failure {}

    /** Something answers, but not this API. */
    record WrongEndpoint(Circumstances circumstances) implements Failure {}

    /** It calls the question wrong; see {@link Paging#afterRejection}. */
    record Rejected(Circumstances circumstances) implements Failure {}

    /** The answer is longer than {@link Patience#bodyBytes()}. */
    record TooLarge(Circumstances circumstances) implements Failure {}

    /** The thread was interrupted, which is how a run is stopped; it is still marked so. */
    record Stopped(Circumstances circumstances) implements Failure {}

    /**
     * @param asked what it was about
     * @param status HTTP status; empty where there was no answer
     * @param code the source's code such as {@code FSS.0404}; empty where it gave none
     * @param said the source's or the network's words, one line, cut, without secrets; may be empty
     * @param attempts how often it was tried
     */
    record Circumstances(Asked asked, OptionalInt status, String code, String said, int attempts) {
        private String sentence() {
            StringBuilder text = new StringBuilder("Asked for ").append(asked);
            if (attempts > 1) {
                text.append(", ").append(attempts).append(" times");
            }
            text.append(", ").append(status.isPresent() ? "it answered" : "there was no answer");
            status.ifPresent(number -> text.append(' ').append(number));
            if (!code.isEmpty()) {
                text.append(' ').append(code);
            }
            if (!said.isEmpty()) {
                text.append(": ").append(said);
            }
            return said.endsWith(".") ? text.toString() : text.append('.').toString();
        }
    }

    /** What is given up with a failure, from the least to the most. */
    enum Scope {
        WINDOW,
        FUNCTION,
        RUN
    }

    /** What to do about a failed attempt, before it is given up. */
    enum Remedy {
        /** Wait and ask again, out of the budget for throttling. */
        WAIT,
        /** Ask again a bounded number of times. */
        REPEAT,
        /** Prove anew who asks, and ask once more. */
        RENEW,
        GIVE_UP
    }

    Circumstances circumstances();

    /** The one place where it is decided what is worth another attempt. */
    default Remedy remedy() {
        return switch (this) {
            case Throttled t -> Remedy.WAIT;
            case Unavailable u -> Remedy.REPEAT;
            case Unreachable u -> Remedy.REPEAT;
            case Denied d -> Remedy.RENEW;
            case NoProxy n -> Remedy.GIVE_UP;
            case Untrusted u -> Remedy.GIVE_UP;
            case NoSuchFunction n -> Remedy.GIVE_UP;
            case WrongEndpoint w -> Remedy.GIVE_UP;
            case Rejected r -> Remedy.GIVE_UP;
            case TooLarge t -> Remedy.GIVE_UP;
            case Stopped s -> Remedy.GIVE_UP;
        };
    }

    /** What is given up: at least what was asked for, so the run where it was about no function. */
    default Scope scope() {
        Asked asked = circumstances().asked();
        if (asked.function().isEmpty()) {
            return Scope.RUN;
        }
        return switch (this) {
            case Throttled t -> Scope.RUN;
            case Unavailable u -> Scope.WINDOW;
            case Unreachable u -> Scope.RUN;
            case NoProxy n -> Scope.RUN;
            case Untrusted u -> Scope.RUN;
            // 401: nobody knows who asks; 403: this one may not be asked about
            case Denied d -> circumstances().status().orElse(0) == 403 ? Scope.FUNCTION : Scope.RUN;
            case NoSuchFunction n -> Scope.FUNCTION;
            case WrongEndpoint w -> Scope.RUN;
            case Rejected r -> Scope.FUNCTION;
            case TooLarge t -> Scope.WINDOW;
            case Stopped s -> Scope.RUN;
        };
    }

    /** What happened, where, and what to do: for a person, on one line, without secrets. */
    default String message() {
        String details = circumstances().sentence();
        String server = circumstances().asked().server();
        return switch (this) {
            case Throttled t ->
                    "The source asks for fewer requests, also after a wait of "
                            + t.waited().toSeconds()
                            + " s"
                            + t.comeBackIn()
                                    .map(time -> ", now for " + time.toSeconds() + " s")
                                    .orElse("")
                            + ". "
                            + details
                            + " Lower source.requests-per-second, then apply again.";
            case Unavailable u ->
                    "The source failed. " + details + " Apply again later; it goes on from here.";
            case Unreachable u ->
                    "The source cannot be reached. "
                            + details
                            + " Check "
                            + server
                            + ", the network and the proxy.";
            case NoProxy n ->
                    "The proxy cannot be used. "
                            + details
                            + " Write HTTPS_PROXY=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"
                            + " (in a password, %40 for @ and so on), and into NO_PROXY the hosts"
                            + " that need none.";
            case Untrusted u ->
                    "The server is not trusted. "
                            + details
                            + " Check "
                            + server
                            + "; an authority of your own is trusted with"
                            + " TIDEMARK_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE.";
            case Denied d -> "The source denies access. " + details + " " + d.advice();
            case NoSuchFunction n ->
                    "The source does not know the function. "
                            + details
                            + " Check source.functions; if it was deleted, its records are gone.";
            case WrongEndpoint w ->
                    "The endpoint is wrong. "
                            + details
                            + " Check "
                            + server
                            + " and source.project.";
            case Rejected r ->
                    "The source calls the request wrong. "
                            + details
                            + " Check source.project, source.functions and source.page-size.";
            case TooLarge t ->
                    "The answer is too large. "
                            + details
                            + " Lower source.page-size, or give more memory:"
                            + " TIDEMARK_JAVA_OPTS=-Xmx2g.";
            case Stopped s -> "Stopped. " + details + " Apply again; it goes on from here.";
        };
    }
}
