package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.kvs.time.Sleeper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The timestamp server of Apache Omid in a process of its own, in the setting that answers fastest, with everything in memory. Its
 * classes are loaded from a class path that the user names, beside those of the platform alone.
 */
final class OmidServer implements AutoCloseable {
    private static final String HEAP = "-Xmx256m";
    private static final int MAX_LOOKS = 300;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final String CONFIGURATION =
            """
            port: %d
            lowLatency: true
            conflictMapSize: 1000000
            monitorContext: false
            timestampStoreModule: !!org.apache.omid.tso.InMemoryTimestampStorageModule [ ]
            commitTableStoreModule: !!org.apache.omid.tso.InMemoryCommitTableStorageModule [ ]
            leaseModule: !!org.apache.omid.tso.VoidLeaseManagementModule [ ]
            """;

    private final ChildProcess process;
    private final int port;

    private OmidServer(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one; returns when it accepts connections. */
    static OmidServer start(String classPath, Path directory, Sleeper sleeper) throws InterruptedException {
        int port = freePort();
        try {
            Path configuration = Files.createDirectory(directory.resolve("omid"));
            Files.writeString(configuration.resolve("omid-server-configuration.yml"), CONFIGURATION.formatted(port));
            ChildProcess process = ChildProcess.start(
                    "Omid's timestamp server",
                    directory.resolve("omid.log"),
                    List.of(
                            HEAP,
                            "-cp",
                            System.getProperty("java.class.path"),
                            OmidServer.class.getName(),
                            configuration + File.pathSeparator + classPath));
            try {
                awaitConnection(process, port, sleeper);
                return new OmidServer(process, port);
            } catch (RuntimeException | InterruptedException e) {
                process.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    ServerCpu cpu() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }

    /** Returns a loader of a class path's classes that knows none of Tidemark's. */
    static ClassLoader loader(String classPath) {
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            try {
                urls.add(Path.of(entry).toUri().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException("class path: '" + entry + "' (expected: a file)", e);
            }
        }
        return new URLClassLoader("omid", urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    /** Serves until standard input ends. Argument: class path, the directory of the configuration first. */
    public static void main(String[] arguments) throws Exception {
        System.setOut(System.err); // nobody reads it
        ClassLoader loader = loader(arguments[0]);
        Thread server = new Thread(() -> runMain(loader), "omid");
        server.setContextClassLoader(loader);
        server.setDaemon(true);
        server.start();
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(0); // its threads are not daemons
    }

    private static void runMain(ClassLoader loader) {
        try {
            Class.forName("org.apache.omid.tso.TSOServer", true, loader)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[0]);
        } catch (ReflectiveOperationException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitConnection(ChildProcess process, int port, Sleeper sleeper) throws InterruptedException {
        for (int i = 0; i < MAX_LOOKS; i++) {
            process.requireAlive();
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException e) {
                sleeper.sleep(BETWEEN_LOOKS);
            }
        }
        throw new IllegalStateException("Omid's timestamp server did not listen at port " + port);
    }
}
