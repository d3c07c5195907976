package io.tidemark.source.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One request, without what proves who asks.
 *
 * @param uri percent-encoded in full, so that what is signed is what is sent
 * @param body empty for GET
 */
public record Call(Asked asked, String method, URI uri, byte[] body) {

    public static Call get(Asked asked, String address, Map<String, String> query) {
        String parameters =
                query.entrySet().stream()
                        .map(p -> Percent.encode(p.getKey()) + "=" + Percent.encode(p.getValue()))
                        .collect(Collectors.joining("&"));
        URI uri = URI.create(parameters.isEmpty() ? address : address + "?" + parameters);
        return new Call(asked, "GET", uri, new byte[0]);
    }

    static Call post(Asked asked, String address, String json) {
        return new Call(asked, "POST", URI.create(address), json.getBytes(StandardCharsets.UTF_8));
    }

    /** As it stands in the header {@code Host}: with the port only where it is not the usual. */
    String host() {
        int usual = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return uri.getPort() == -1 || uri.getPort() == usual
                ? uri.getHost()
                : uri.getHost() + ":" + uri.getPort();
    }
}
