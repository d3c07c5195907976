package io.tidemark.ledger;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;

/**
 * A process that uses a job's state.
 *
 * @param command what it was started for, such as {@code apply}
 */
public record Holder(String command, String host, long pid, Instant since) {

    /** This process. */
    public static Holder thisProcess(String command, Instant now) {
        return new Holder(command, hostName(), ProcessHandle.current().pid(), now);
    }

    /** {@code tidemark apply, process 4711 on db-host}. */
    public String description() {
        return "tidemark %s, process %d on %s".formatted(command, pid, host);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }
}
