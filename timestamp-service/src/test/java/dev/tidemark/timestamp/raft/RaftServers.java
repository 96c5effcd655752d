package dev.tidemark.timestamp.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Settings of servers on the loopback address, with quick elections; and clusters of them in this process. */
public final class RaftServers {
    private static final Duration ELECTION = Duration.ofMillis(200);

    private final Path directory;
    private final List<RaftServerAddress> addresses;
    private final RaftTimes times;

    /** Takes free ports for so many servers, which are called a, b, c and so on. */
    public RaftServers(Path directory, int count) throws IOException {
        this(directory, addresses(count), times(ELECTION));
    }

    private RaftServers(Path directory, List<RaftServerAddress> addresses, RaftTimes times) {
        this.directory = directory;
        this.addresses = addresses;
        this.times = times;
    }

    /** Returns the same servers with another election timeout. */
    public RaftServers withElections(Duration timeout) {
        return new RaftServers(directory, addresses, times(timeout));
    }

    /** Returns the same servers, which do not run, with a copy of their data. */
    public RaftServers copiedTo(Path other) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Path copy = other.resolve(directory.relativize(file));
                if (!Files.isDirectory(copy)) {
                    Files.copy(file, copy);
                }
            }
        }
        return new RaftServers(other, addresses, times);
    }

    /** Returns a server's settings; it joins when its directory is empty. */
    public RaftSettings settings(int server) {
        return settings(server, RaftSettings.Start.JOIN);
    }

    /** Returns a server's settings. */
    public RaftSettings settings(int server, RaftSettings.Start start) {
        return settings(server, addresses, start, times);
    }

    RaftSettings settings(int server, List<RaftServerAddress> peers, RaftSettings.Start start) {
        return settings(server, peers, start, times);
    }

    RaftSettings settings(int server, List<RaftServerAddress> peers, RaftSettings.Start start, RaftTimes limits) {
        return new RaftSettings(data(server), addresses.get(server).id(), peers, "", start, limits, null);
    }

    List<RaftServerAddress> addresses() {
        return addresses;
    }

    /** Returns a server's data directory. */
    public Path data(int server) {
        return directory.resolve(addresses.get(server).id());
    }

    /** Makes the first server that of a new cluster. */
    public void create() {
        RaftBoundStore.createCluster(settings(0), UUID.randomUUID());
    }

    /** Opens a server. */
    public RaftBoundStore open(int server) {
        return RaftBoundStore.open(settings(server), RaftSeams.system());
    }

    /** Opens all servers side by side, as they need each other. */
    public List<RaftBoundStore> openAll() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(addresses.size());
        try {
            List<Callable<RaftBoundStore>> starts = new ArrayList<>();
            for (int i = 0; i < addresses.size(); i++) {
                int server = i;
                starts.add(() -> open(server));
            }
            List<RaftBoundStore> stores = new ArrayList<>();
            for (Future<RaftBoundStore> start : threads.invokeAll(starts)) {
                stores.add(start.get());
            }
            return stores;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Waits until nobody listens on the servers' ports. */
    public void awaitPorts() {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).until(this::arePortsFree);
    }

    private boolean arePortsFree() {
        for (RaftServerAddress address : addresses) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(address.host(), address.port()));
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    private static RaftTimes times(Duration election) {
        return new RaftTimes(Duration.ofSeconds(10), Duration.ofSeconds(30), election);
    }

    private static List<RaftServerAddress> addresses(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<RaftServerAddress> addresses = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                addresses.add(
                        new RaftServerAddress(String.valueOf((char) ('a' + i)), "127.0.0.1:" + socket.getLocalPort()));
            }
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
        return List.copyOf(addresses);
    }
}
