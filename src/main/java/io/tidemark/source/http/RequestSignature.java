package io.tidemark.source.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** {@code SDK-HMAC-SHA256}, the signature of requests with access key and secret key. Pure. */
public final class RequestSignature {
    public static final String DATE_HEADER = "X-Sdk-Date";
    private static final String ALGORITHM = "SDK-HMAC-SHA256";
    private static final HexFormat HEX = HexFormat.of();

    private RequestSignature() {}

    /**
     * The header {@code Authorization}.
     *
     * @param headers the headers to sign, {@code Host} and {@link #DATE_HEADER} among them
     */
    public static String authorization(
            String accessKey, String secretKey, Call call, Map<String, String> headers) {
        SortedMap<String, String> signed = new TreeMap<>();
        headers.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value.strip()));
        String names = String.join(";", signed.keySet());
        String canonical =
                String.join(
                        "\n",
                        call.method(),
                        canonicalPath(call.uri()),
                        canonicalQuery(call.uri()),
                        signed.entrySet().stream()
                                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                                .collect(Collectors.joining()),
                        names,
                        sha256(call.body()));
        String toSign =
                String.join(
                        "\n",
                        ALGORITHM,
                        signed.get(DATE_HEADER.toLowerCase(Locale.ROOT)),
                        sha256(canonical.getBytes(StandardCharsets.UTF_8)));
        return "%s Access=%s, SignedHeaders=%s, Signature=%s"
                .formatted(ALGORITHM, accessKey, names, hmac(secretKey, toSign));
    }

    private static String canonicalPath(URI uri) {
        String path =
                Arrays.stream(uri.getRawPath().split("/", -1))
                        .map(segment -> Percent.encode(Percent.decode(segment)))
                        .collect(Collectors.joining("/"));
        return path.endsWith("/") ? path : path + "/";
    }

    private static String canonicalQuery(URI uri) {
        if (uri.getRawQuery() == null) {
            return "";
        }
        return Arrays.stream(uri.getRawQuery().split("&"))
                .map(parameter -> parameter.split("=", 2))
                .map(parts -> new String[] {parts[0], parts.length > 1 ? parts[1] : ""})
                .sorted(
                        Comparator.<String[], String>comparing(parts -> Percent.decode(parts[0]))
                                .thenComparing(parts -> Percent.decode(parts[1])))
                .map(parts -> recoded(parts[0]) + "=" + recoded(parts[1]))
                .collect(Collectors.joining("&"));
    }

    private static String recoded(String encoded) {
        return Percent.encode(Percent.decode(encoded));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static String hmac(String key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HEX.formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
