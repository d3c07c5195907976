package io.tidemark.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A real and small file system, mounted in a name space of its own, so that it needs no rights and
 * nobody else sees it: what is run by {@link #command()} does.
 */
public final class SmallDisk implements AutoCloseable {
    private final Path mounted;
    private final Process holder;
    private final long inside;

    private SmallDisk(Path mounted, Process holder, long inside) {
        this.mounted = mounted;
        this.holder = holder;
        this.inside = inside;
    }

    /** Skips the test, and says why, where the machine allows no such thing. */
    public static SmallDisk mount(Path at, int kilobytes) throws Exception {
        Files.createDirectories(at);
        Path ready = at.resolveSibling("_mounted");
        Files.deleteIfExists(ready);
        Process holder =
                new ProcessBuilder(
                                "unshare",
                                "--user",
                                "--map-root-user",
                                "--mount",
                                "sh",
                                "-c",
                                "mount -t tmpfs -o size=%dk none '%s' && echo $$ > '%s' && exec cat"
                                        .formatted(kilobytes, at, ready))
                        .redirectErrorStream(true)
                        .start();
        while (holder.isAlive() && (Files.notExists(ready) || Files.size(ready) == 0)) {
            holder.waitFor(10, TimeUnit.MILLISECONDS);
        }
        if (!holder.isAlive()) {
            String why = new String(holder.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            System.out.println("skipped, no small file system can be made here: " + why);
            Assumptions.abort(why);
        }
        long inside = Long.parseLong(Files.readString(ready).strip());
        Files.delete(ready);
        return new SmallDisk(at, holder, inside);
    }

    /** What to put in front of a command for it to see the disk. */
    public List<String> command() {
        return List.of(
                "nsenter",
                "--target",
                Long.toString(inside),
                "--user",
                "--mount",
                "--preserve-credentials",
                "--");
    }

    public void resize(int megabytes) throws Exception {
        remount("size=%dm".formatted(megabytes));
    }

    public void readOnly(boolean only) throws Exception {
        remount(only ? "ro" : "rw");
    }

    private void remount(String option) throws Exception {
        run("mount", "-o", "remount," + option, mounted.toString());
    }

    private void run(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(command());
        line.addAll(List.of(command));
        ProcessBuilder process = new ProcessBuilder(line);
        int exit = process.inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", command) + ": " + exit);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly().onExit().join();
    }
}
