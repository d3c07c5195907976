package io.tidemark.source.http;

import io.tidemark.source.Failure;
import io.tidemark.source.Failure.Reach;
import java.util.OptionalInt;

/**
 * Why there is no answer, after everything that is worth trying was tried.
 *
 * @param detail what only some kinds have to say: how long it was waited, or what to do about
 *     credentials; else empty
 */
public record Trouble(Kind kind, Circumstances circumstances, String detail) {

    Trouble(Kind kind, Circumstances circumstances) {
        this(kind, circumstances, "");
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

    /**
     * The kinds, each with what is worth trying and what is given up with it. In the words, {@code
     * %s} is what the job file calls the server.
     */
    public enum Kind {
        /**
         * It asks for fewer requests, and to wait for longer than {@link RetryPolicy#throttled()}.
         */
        THROTTLED(
                Remedy.WAIT,
                Reach.RUN,
                "The source asks for fewer requests",
                "Lower source.requests-per-second, then apply again."),
        /** It answers, but with errors of its own, too late, or with what is no page. */
        UNAVAILABLE(
                Remedy.REPEAT,
                Reach.WINDOW,
                "The source failed",
                "Apply again later; it goes on from here."),
        /** Nothing answers there: name, network or proxy. */
        UNREACHABLE(
                Remedy.REPEAT,
                Reach.RUN,
                "The source cannot be reached",
                "Check %s, the network and the proxy."),
        /** A proxy was named that cannot be used, or that lets nothing through. */
        NO_PROXY(
                Remedy.GIVE_UP,
                Reach.RUN,
                "The proxy cannot be used",
                "Write HTTPS_PROXY=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (in a"
                        + " password, %%40 for @ and so on), and into NO_PROXY the hosts that need"
                        + " none."),
        /** Somebody answers whose certificate nobody vouches for; nothing was sent to it. */
        UNTRUSTED(
                Remedy.GIVE_UP,
                Reach.RUN,
                "The server is not trusted",
                "Check %s; an authority of your own is trusted with"
                        + " TIDEMARK_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE."),
        /** It does not know who asks. */
        UNKNOWN_CALLER(Remedy.RENEW, Reach.RUN, "The source denies access", ""),
        /** It knows who asks, and does not allow it. */
        FORBIDDEN(Remedy.RENEW, Reach.FEED, "The source denies access", ""),
        NO_SUCH_FUNCTION(
                Remedy.GIVE_UP,
                Reach.FEED,
                "The source does not know the function",
                "Check source.functions; if it was deleted, its records are gone."),
        /** Something answers, but not this API. */
        WRONG_ENDPOINT(
                Remedy.GIVE_UP, Reach.RUN, "The endpoint is wrong", "Check %s and source.project."),
        /** It calls the question wrong. */
        REJECTED(
                Remedy.GIVE_UP,
                Reach.FEED,
                "The source calls the request wrong",
                "Check source.project, source.functions and source.page-size."),
        /** The answer is longer than {@link RetryPolicy#bodyBytes()}. */
        TOO_LARGE(
                Remedy.GIVE_UP,
                Reach.WINDOW,
                "The answer is too large",
                "Lower source.page-size, or give more memory: TIDEMARK_JAVA_OPTS=-Xmx2g."),
        /** The thread was interrupted, which is how a run is stopped; it is still marked so. */
        STOPPED(Remedy.GIVE_UP, Reach.RUN, "Stopped", "Apply again; it goes on from here.");

        private final Remedy remedy;
        private final Reach reach;
        private final String headline;
        private final String advice;

        Kind(Remedy remedy, Reach reach, String headline, String advice) {
            this.remedy = remedy;
            this.reach = reach;
            this.headline = headline;
            this.advice = advice;
        }

        Remedy remedy() {
            return remedy;
        }
    }

    /**
     * @param asked what it was about
     * @param status HTTP status; empty where there was no answer
     * @param code the source's code such as {@code FSS.0404}; empty where it gave none
     * @param said the source's or the network's words, one line, cut, without secrets; may be empty
     * @param attempts how often it was tried
     */
    public record Circumstances(
            Asked asked, OptionalInt status, String code, String said, int attempts) {
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

    /** What is given up: at least what was asked for, so the run where it was about all. */
    public Reach reach() {
        return circumstances.asked().subject().isEmpty() ? Reach.RUN : kind.reach;
    }

    /** What happened, where, and what to do: for a person, on one line, without secrets. */
    public String message() {
        boolean throttled = kind == Kind.THROTTLED;
        String advice =
                kind.advice.isEmpty()
                        ? detail
                        : kind.advice.formatted(circumstances.asked().server());
        return kind.headline
                + (throttled ? detail : "")
                + ". "
                + circumstances.sentence()
                + " "
                + advice;
    }

    public Failure failure() {
        return new Failure(reach(), message());
    }
}
