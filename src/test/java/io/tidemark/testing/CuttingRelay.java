package io.tidemark.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ServerSocketFactory;

/** Cuts one connection, the first whose client has said so much; passes on all others. */
public final class CuttingRelay extends Relay {
    private final AtomicBoolean cut;

    /**
     * @param bytes of the client that are passed on before
     */
    public CuttingRelay(int port, long bytes) {
        this(port, bytes, new AtomicBoolean());
    }

    private CuttingRelay(int port, long bytes, AtomicBoolean cut) {
        super(
                ServerSocketFactory.getDefault(),
                client -> {
                    try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        Thread.startVirtualThread(
                                () -> passOn(behind, client, Long.MAX_VALUE, cut));
                        passOn(client, behind, bytes, cut);
                    }
                });
        this.cut = cut;
    }

    public boolean wasCut() {
        return cut.get();
    }

    private static void passOn(Socket from, Socket to, long bytes, AtomicBoolean cut) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[4096];
            long passed = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                passed += n;
                if (passed > bytes && cut.compareAndSet(false, true)) {
                    return;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException ended) {
            // so does the other direction
        }
    }
}
