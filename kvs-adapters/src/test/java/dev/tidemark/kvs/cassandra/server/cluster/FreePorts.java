package dev.tidemark.kvs.cassandra.server.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that nobody listens on. They are below the range that the system takes for outgoing connections, so that a node that is
 * stopped finds its ports free when it comes back, and no port is given out twice.
 */
public final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int COUNT = 22_000;

    /** Processes that run side by side begin this far from each other. */
    private static final int STRIDE = 97;

    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * STRIDE % COUNT));

    private FreePorts() {}

    /** Returns a port that is free on an address. */
    public static int next(String address) throws IOException {
        return next(List.of(address));
    }

    /** Returns a port that is free on each of the addresses. */
    static int next(List<String> addresses) throws IOException {
        for (int attempt = 0; attempt < COUNT; attempt++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port, addresses)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "no free port on " + addresses + " (expected: one in " + FIRST + ".." + (FIRST + COUNT - 1) + ")");
    }

    private static boolean isFree(int port, List<String> addresses) throws IOException {
        for (String address : addresses) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            } catch (BindException e) {
                return false;
            }
        }
        return true;
    }
}
