package io.tidemark.source.http;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The servers that {@code NO_PROXY} takes out, as curl and Go read it: {@code *} for all; a host
 * and all names below it, with or without a dot before it; an IP address; a network such as {@code
 * 10.0.0.0/8}, for addresses only, as no name is looked up here; each with a port where it is meant
 * for that port alone. What is none of these takes nothing out.
 */
record NoProxy(List<String> entries) {
    NoProxy {
        entries = List.copyOf(entries);
    }

    static NoProxy of(String variable) {
        return new NoProxy(
                Arrays.stream(variable.toLowerCase(Locale.ROOT).split("[,\\s]+"))
                        .filter(Predicate.not(String::isEmpty))
                        .toList());
    }

    boolean takesOut(URI server) {
        String host = server.getHost().toLowerCase(Locale.ROOT);
        int port = server.getPort();
        if (port == -1) {
            port = server.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        }
        for (String entry : entries) {
            if (takesOut(entry, host, port)) {
                return true;
            }
        }
        return false;
    }

    private static boolean takesOut(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        if (entry.contains("/")) {
            return Loopback.isAddress(host) && isIn(entry, host);
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        // the last colon of a bare IPv6 address stands before no port
        if (colon == entry.indexOf(':') && colon > 0 || entry.contains("]:")) {
            if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        if (Loopback.isAddress(host)) {
            return unbracketed(name).equals(unbracketed(host));
        }
        name = name.replaceFirst("^\\*?\\.", "");
        return !name.isEmpty() && (host.equals(name) || host.endsWith("." + name));
    }

    private static boolean isIn(String network, String host) {
        String[] parts = network.split("/", 2);
        if (!Loopback.isAddress(parts[0]) && !parts[0].contains(":")) {
            return false;
        }
        try {
            byte[] wanted = InetAddress.getByName(parts[0]).getAddress();
            byte[] given = InetAddress.getByName(host).getAddress();
            int behind = wanted.length * 8 - Integer.parseInt(parts[1]);
            return wanted.length == given.length
                    && behind >= 0
                    && new BigInteger(1, wanted)
                            .shiftRight(behind)
                            .equals(new BigInteger(1, given).shiftRight(behind));
        } catch (UnknownHostException | NumberFormatException noNetwork) {
            return false;
        }
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }
}
