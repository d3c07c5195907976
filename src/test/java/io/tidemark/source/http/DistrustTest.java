package io.tidemark.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/**
 * The words for what Java throws, wrapped as Java wraps it; the usual ones are real in NetworkTest.
 */
class DistrustTest {

    @Test
    void saysWhyACertificateIsNotTrusted() {
        assertThat(Distrust.in(failure(new CertPathBuilderException("unable to find"))))
                .hasValueSatisfying(why -> assertThat(why).contains("signed by nobody"));
        assertThat(Distrust.in(failure(new CertificateExpiredException("NotAfter: ..."))))
                .hasValueSatisfying(why -> assertThat(why).contains("has expired"));
        assertThat(Distrust.in(failure(new CertificateNotYetValidException("NotBefore: ..."))))
                .hasValueSatisfying(why -> assertThat(why).contains("not valid yet"));
        assertThat(Distrust.in(failure(null)))
                .hasValueSatisfying(why -> assertThat(why).contains("not for that name"));
    }

    @Test
    void namesATrustStoreWithoutCertificates() {
        SSLException empty = new SSLException("Unexpected error");
        empty.initCause(new InvalidAlgorithmParameterException("trustAnchors must be non-empty"));

        assertThat(Distrust.in(empty))
                .hasValueSatisfying(why -> assertThat(why).contains("missing or empty"));
    }

    @Test
    void aHandshakeThatWasCutIsNoDistrust() {
        assertThat(Distrust.in(new SSLHandshakeException("Remote host terminated the handshake")))
                .isEmpty();
    }

    private static SSLException failure(Exception cause) {
        SSLHandshakeException failure = new SSLHandshakeException("PKIX");
        failure.initCause(new CertificateException("PKIX", cause));
        return failure;
    }
}
