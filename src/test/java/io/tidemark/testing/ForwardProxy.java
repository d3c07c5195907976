package io.tidemark.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/**
 * A forward proxy as companies have them, on loopback: plain requests and tunnels, with or without
 * a login. Only it knows where names lead, so that what arrives there went through it.
 */
public final class ForwardProxy extends Relay {
    private final List<String> asked;

    private ForwardProxy(Door door, List<String> asked) {
        super(ServerSocketFactory.getDefault(), door);
        this.asked = asked;
    }

    /**
     * @param ports on loopback, by the names they are known under here
     * @param login {@code user:password}; empty: nobody has to tell
     */
    public static ForwardProxy start(Map<String, Integer> ports, Optional<String> login) {
        List<String> asked = new CopyOnWriteArrayList<>();
        return new ForwardProxy(client -> serve(client, ports, login, asked), asked);
    }

    /** The first lines of the requests that were let through. */
    public List<String> asked() {
        return asked;
    }

    private static void serve(
            Socket client, Map<String, Integer> ports, Optional<String> login, List<String> asked)
            throws IOException {
        List<String> head = head(client.getInputStream());
        String[] request = head.getFirst().split(" ");
        boolean tunnel = request[0].equals("CONNECT");
        String host =
                tunnel ? request[1].replaceFirst(":.*", "") : URI.create(request[1]).getHost();
        if (login.isPresent() && !head.contains("Proxy-Authorization: " + basic(login.get()))) {
            answer(
                    client,
                    "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x");
            return;
        }
        Integer port = ports.get(host);
        if (port == null) {
            answer(client, host.startsWith("forbidden.") ? "403 Forbidden" : "502 Bad Gateway");
            return;
        }
        asked.add(head.getFirst());
        try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), port)) {
            if (tunnel) {
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
            } else {
                behind.getOutputStream().write(forwarded(head).getBytes(ISO_8859_1));
            }
            join(client, behind);
        }
    }

    /** With the path alone; each connection serves one request. */
    private static String forwarded(List<String> head) {
        StringBuilder forwarded = new StringBuilder();
        forwarded.append(head.getFirst().replaceFirst(" http://[^/ ]+", " ")).append("\r\n");
        head.stream()
                .skip(1)
                .filter(line -> !line.startsWith("Proxy-") && !line.startsWith("Connection:"))
                .forEach(line -> forwarded.append(line).append("\r\n"));
        return forwarded.append("Connection: close\r\n\r\n").toString();
    }

    private static void answer(Socket client, String status) throws IOException {
        client.getOutputStream()
                .write(
                        ("HTTP/1.1 "
                                        + status
                                        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                .getBytes(ISO_8859_1));
    }

    private static List<String> head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("a request without an end");
            }
            head.append((char) next);
        }
        return head.toString().lines().filter(line -> !line.isEmpty()).toList();
    }

    private static String basic(String login) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString(login.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
