package io.tidemark.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL that may be stopped and started; its data stay, and its address. */
public final class PostgresServer implements AutoCloseable {
    private final Path data;
    private final int port;
    private EmbeddedPostgres running;

    /**
     * @param data a directory that is not there yet
     */
    public PostgresServer(Path data) throws IOException {
        this.data = data;
        this.port = freePort();
        this.running = launch();
    }

    /** A new, empty database. */
    public PostgresForTests.Database database(String name) throws SQLException {
        PostgresForTests.Database administration = named("postgres");
        administration.execute("CREATE DATABASE " + name);
        return named(name);
    }

    /** Ends it as a power failure would, as far as its clients can see. */
    public void stop() throws IOException, InterruptedException {
        String process = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
        new ProcessBuilder("kill", "-QUIT", process).start().waitFor();
        ProcessHandle.of(Long.parseLong(process))
                .ifPresent(server -> server.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        running.close();
    }

    public void start() throws IOException {
        running = launch();
    }

    @Override
    public void close() throws IOException {
        running.close();
    }

    private EmbeddedPostgres launch() throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("encoding", "UTF8")
                .start();
    }

    private PostgresForTests.Database named(String database) {
        return new PostgresForTests.Database(
                "jdbc:postgresql://localhost:%d/%s".formatted(port, database),
                "postgres",
                PostgresForTests.PASSWORD);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }
}
