package dev.tidemark.coordinator.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. Thread-safe. */
@FunctionalInterface
public interface HostResolver {
    /**
     * Returns all addresses of a name, or the one that a literal stands for; at least one. Blocks.
     *
     * @throws UnknownHostException when it has none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** Returns what the system knows. */
    static HostResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
