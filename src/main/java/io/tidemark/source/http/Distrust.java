package io.tidemark.source.http;

import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Why a server that answers is not believed to be the one that was meant. */
final class Distrust {
    private Distrust() {}

    /**
     * Half a sentence, with {@code %s} for the server. Empty where the connection failed for
     * another reason, such as one that was cut while it was made: that is worth another attempt, a
     * certificate is not.
     */
    static Optional<String> in(SSLException failure) {
        if (has(failure, CertificateExpiredException.class)) {
            return Optional.of("the certificate of %s has expired");
        }
        if (has(failure, CertificateNotYetValidException.class)) {
            return Optional.of(
                    "the certificate of %s is not valid yet, by the clock of this machine");
        }
        if (has(failure, CertPathBuilderException.class)) {
            return Optional.of("the certificate of %s is signed by nobody whom this Java trusts");
        }
        if (has(failure, InvalidAlgorithmParameterException.class)) {
            return Optional.of(
                    "the trust store that Java was given is missing or empty, so that %s cannot be trusted");
        }
        if (has(failure, CertificateException.class)) {
            return Optional.of(
                    "the certificate that %s shows is not for that name, or is not sound");
        }
        return Optional.empty();
    }

    private static boolean has(Throwable failure, Class<? extends Exception> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
