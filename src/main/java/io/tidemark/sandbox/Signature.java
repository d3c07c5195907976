package io.tidemark.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The signature {@code SDK-HMAC-SHA256} of a request. */
final class Signature {
    static final String ALGORITHM = "SDK-HMAC-SHA256";

    private Signature() {}

    /**
     * @param signedHeaders lower-case names, sorted; the request has them all
     * @return in hexadecimal, lower case
     */
    static String of(Call call, List<String> signedHeaders, String date, String secretKey) {
        String canonical =
                String.join(
                        "\n",
                        call.method(),
                        call.path().stream()
                                .map(segment -> "/" + encoded(segment))
                                .collect(Collectors.joining("", "", "/")),
                        call.parameters().entrySet().stream()
                                .map(each ->
                                        encoded(each.getKey()) + "=" + encoded(each.getValue()))
                                .collect(Collectors.joining("&")),
                        signedHeaders.stream()
                                .map(name -> name + ":" + call.headers().get(name).strip() + "\n")
                                .collect(Collectors.joining()),
                        String.join(";", signedHeaders),
                        sha256(call.body()));
        String toSign = String.join("\n", ALGORITHM, date, sha256(utf8(canonical)));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(utf8(secretKey), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(utf8(toSign)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** As RFC 3986 says: everything but letters, digits and {@code -._~}. */
    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : utf8(text)) {
            if (b >= 'a' && b <= 'z'
                    || b >= 'A' && b <= 'Z'
                    || b >= '0' && b <= '9'
                    || "-._~".indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
            }
        }
        return encoded.toString();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
