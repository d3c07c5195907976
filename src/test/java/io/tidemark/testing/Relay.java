package io.tidemark.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ServerSocketFactory;

/** Listens on loopback and passes bytes on, both ways, to a port on loopback. */
public class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** What to do with a connection that came in. */
    protected interface Door {
        void open(Socket client) throws IOException;
    }

    protected Relay(ServerSocketFactory factory, Door door) {
        try {
            server = factory.createServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException cannotListen) {
            throw new UncheckedIOException(cannotListen);
        }
        threads.submit(() -> {
            while (!server.isClosed()) {
                Socket client = kept(server.accept());
                threads.submit(() -> {
                    try (client) {
                        door.open(client);
                    }
                    return null;
                });
            }
            return null;
        });
    }

    /** Takes TLS off what comes in, or whatever else the factory's sockets do. */
    public static Relay to(int port, ServerSocketFactory factory) {
        return new Relay(factory, client -> join(client, port));
    }

    public int port() {
        return server.getLocalPort();
    }

    private static void join(Socket client, int port) throws IOException {
        try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), port)) {
            join(client, behind);
        }
    }

    /** Passes bytes on until both have said all. */
    protected static void join(Socket one, Socket other) throws IOException {
        Thread back = Thread.startVirtualThread(() -> copyQuietly(other, one));
        copyQuietly(one, other);
        try {
            back.join();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copyQuietly(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException ended) {
            // so does the other direction
        }
    }

    private Socket kept(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException closing) {
            throw new UncheckedIOException(closing);
        } finally {
            threads.shutdownNow();
        }
    }
}
