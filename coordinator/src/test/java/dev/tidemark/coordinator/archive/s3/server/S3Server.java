package dev.tidemark.coordinator.archive.s3.server;

import dev.tidemark.kvs.cassandra.server.cluster.FreePorts;
import dev.tidemark.kvs.cassandra.server.forked.Pause;
import dev.tidemark.kvs.cassandra.server.forked.WatchedServer;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * An S3 server as a child process on a loopback address; it ends with this JVM, however that ends. Tests of one JVM share one of each
 * kind, each with buckets of its own; who wants to kill one starts his own. Not thread-safe but for {@link #shared}.
 */
public final class S3Server implements AutoCloseable {
    /** The one access key of every server. */
    public static final String ACCESS_KEY = "tidemark-test";

    /** Its secret. */
    public static final String SECRET_KEY = "tidemark-test-secret";

    /** The region of every server. */
    public static final String REGION = "us-east-1";

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration MAX_START = Duration.ofMinutes(3);
    private static final int MAX_STOP_SECONDS = 60;
    private static final Map<S3Software, S3Server> SHARED = new ConcurrentHashMap<>();
    private static final String LOGGING =
            """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder>
              </appender>
              <root level="WARN"><appender-ref ref="out"/></root>
            </configuration>
            """;

    private final S3Software software;
    private final Path directory;
    private final int port;
    private Process process;
    private Pause pause;

    private S3Server(S3Software software, Path directory, int port) {
        this.software = software;
        this.directory = directory;
        this.port = port;
    }

    /** Returns the server of a kind that all tests of this JVM share. */
    public static S3Server shared(S3Software software) {
        return SHARED.computeIfAbsent(software, kind -> {
            try {
                return start(kind, Files.createTempDirectory(Path.of("target").toAbsolutePath(), kind + "-"));
            } catch (IOException e) {
                throw new IllegalStateException("cannot start " + kind, e);
            }
        });
    }

    /** Starts a server and waits until it answers. */
    public static S3Server start(S3Software software, Path directory) throws IOException {
        S3Server server = new S3Server(software, directory, FreePorts.next(LOOPBACK));
        server.launch();
        return server;
    }

    /** Starts the server again, on the same port with the same data, and waits until it answers. */
    public void launch() throws IOException {
        Path configuration = Files.createDirectories(directory.resolve("conf"));
        Files.writeString(configuration.resolve("logback.xml"), LOGGING);
        String classPath =
                String.join(File.pathSeparator, configuration.toString(), ownClasses(), software.classPath());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                classPath,
                WatchedServer.class.getName()));
        command.addAll(software.command(port, directory));
        Path output = directory.resolve("output.txt");
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        Awaitility.await().atMost(MAX_START).pollInterval(Duration.ofMillis(50)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        software + " has ended: " + Files.readString(output).strip());
            }
            return answers();
        });
    }

    /** Returns the address that clients use. */
    public URI endpoint() {
        return URI.create("http://" + LOOPBACK + ":" + port);
    }

    /** Returns where the server keeps its data, in a form of its own. */
    public Path data() {
        return directory.resolve("data");
    }

    /** Ends the process at once. */
    public void kill() {
        process.toHandle().destroyForcibly();
        awaitEnd();
        resume();
    }

    /** Holds the process still: connections are accepted and nothing is answered. */
    public void pause() throws IOException {
        pause = Pause.of(process.toHandle());
    }

    /** Lets the process go on. */
    public void resume() {
        if (pause != null) {
            try {
                pause.close();
            } catch (IOException e) {
                throw new IllegalStateException("cannot resume " + software, e);
            }
            pause = null;
        }
    }

    /** Ends the process. */
    @Override
    public void close() {
        resume();
        if (process.isAlive()) {
            kill();
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(MAX_STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(software + " still runs after " + MAX_STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + software + " ended", e);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port), 1000);
            socket.setSoTimeout(5000);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + LOOPBACK + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() == 'H';
        } catch (IOException e) {
            return false;
        }
    }

    /** The class that watches over the process is all of ours that is on its class path; it needs nothing else. */
    private static String ownClasses() {
        try {
            return Path.of(WatchedServer.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
