package dev.tidemark.timestamp.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One server as the torture sees it: started again and again on the same port. Not thread-safe. */
final class ServerProcess implements AutoCloseable {
    private static final long LIMIT_SECONDS = 120;
    private static final int MAX_STARTS = 10;

    private final Path directory;
    private final String store;
    private final String lease;
    private final boolean isStrict;
    private final boolean isBlind;
    private final int port;
    private Process process;

    /** @param store the section {@code store} of its configuration, in one line */
    ServerProcess(Path directory, String store, String lease, boolean isStrict, boolean isBlind) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.store = store;
        this.lease = lease;
        this.isStrict = isStrict;
        this.isBlind = isBlind;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Starts it; returns before it is ready. */
    void start() throws IOException {
        Path configuration = directory.resolve("timestamp-service.yml");
        Files.writeString(
                configuration,
                """
                oracle:
                  store: %s
                  leader: {address: "%s", lease: %s, strict: %s}
                  namespaces: [orders]
                hotPath: {warmUp: 0s}
                server:
                  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: %d}]
                  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
                  requestLog: {appenders: []}
                logging: {level: WARN, appenders: [{type: console, target: stderr}]}
                """
                        .formatted(store, endpoint(), lease, isStrict, port));
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TortureServer.class.getName(),
                configuration.toString()));
        if (isBlind) {
            command.add("blind");
        }
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
    }

    /** Waits until it answers; starts it again when its store has not answered in time, as whoever supervises it would. */
    void awaitReady() throws IOException, InterruptedException {
        for (int i = 0; i < MAX_STARTS && !isReady(); i++) {
            kill();
            start();
        }
        assertThat(process.isAlive())
                .as("what %s says; its log:%n%s", directory, log())
                .isTrue();
    }

    private boolean isReady() throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.equals("ready")) {
            line = output.readLine();
        }
        return line != null;
    }

    void stop() throws IOException, InterruptedException {
        signal("STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Sets its wall clock by so much. */
    void jump(long millis) throws IOException {
        process.getOutputStream().write(("jump " + millis + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Returns what it has logged. */
    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
