package dev.tidemark.timestamp.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real PostgreSQL server of this machine, on the loopback address, that flushes what it acknowledges. It has a directory and a port of
 * its own, which it keeps when it is started again. Not thread-safe.
 */
public final class PostgresTestServer implements AutoCloseable {
    private static final int MAX_STARTS = 20;

    private final Path data;
    private final int port;

    /** Goes before what the files of the cluster say. */
    private final Map<String, String> configuration = new HashMap<>(Map.of(
            "listen_addresses", "127.0.0.1",
            "fsync", "on", // it would be off, as this is a server for tests
            "synchronous_commit", "on",
            "max_connections", "60",
            "shared_buffers", "16MB"));

    private EmbeddedPostgres process;

    private PostgresTestServer(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /** Creates a cluster in a directory and starts it; takes about three seconds. */
    public static PostgresTestServer start(Path directory) {
        PostgresTestServer server = new PostgresTestServer(directory.resolve("data"), freePort());
        server.start();
        return server;
    }

    /** Returns another server with a copy of what this one has on its disk; both are stopped. */
    public PostgresTestServer copy(Path directory) throws IOException {
        PostgresTestServer copy = new PostgresTestServer(directory.resolve("data"), freePort());
        Files.createDirectories(directory);
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes) throws IOException {
                Path to = copy.data.resolve(data.relativize(from).toString());
                Files.createDirectory(to);
                Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path from, BasicFileAttributes attributes) throws IOException {
                String name = data.relativize(from).toString();
                if (!name.equals("postmaster.pid") && !name.startsWith("epg-")) {
                    Files.copy(from, copy.data.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return copy;
    }

    /** Sets a parameter for the next start. */
    public void configure(String parameter, String value) {
        configuration.put(parameter, value);
    }

    /** Makes the next start that of a standby, which reads and waits to be promoted. */
    public void makeStandby() throws IOException {
        Files.createFile(data.resolve("standby.signal"));
    }

    /** Starts the server, also after {@link #kill}: until the last process of the one before has ended, that fails. */
    public void start() {
        for (int i = 1; process == null; i++) {
            try {
                EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                        .setPort(port)
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setPGStartupWait(Duration.ofSeconds(60));
                configuration.forEach(builder::setServerConfig);
                process = builder.start();
            } catch (IOException | IllegalStateException e) {
                if (i == MAX_STARTS) {
                    throw new IllegalStateException("PostgreSQL does not start", e);
                }
                pause();
            }
        }
    }

    /** Stops the server in good order; its clients are sent away. */
    public void stop() {
        try {
            process.close();
            process = null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server with SIGKILL. */
    public void kill() {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
            server.destroyForcibly();
            server.onExit().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException("PostgreSQL could not be killed", e);
        }
        stop();
    }

    /** Returns the address of a database in which nobody has tables but the test. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** Returns this server as a store gets it, with a timeout that also a busy machine meets. */
    public PostgresServer server() {
        return server(Duration.ofSeconds(10));
    }

    /** Returns this server as a store gets it. */
    public PostgresServer server(Duration timeout) {
        return new PostgresServer(url(), "postgres", "", timeout);
    }

    /** Connects as superuser. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), "postgres", "");
    }

    /** Runs statements as superuser. */
    public void run(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            stop();
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(250);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
