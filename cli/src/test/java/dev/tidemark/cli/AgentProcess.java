package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tidemark agent} with a heap of 256 MiB, as a test sees it. Closing kills it. */
final class AgentProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("The agent answers at (\\S+); .*");
    private static final long LIMIT_SECONDS = 240;

    private final Path configuration;
    private final String text;
    private List<String> launcher = List.of();
    private Process process;
    private URI endpoint;

    private AgentProcess(Path configuration, String text) {
        this.configuration = configuration;
        this.text = text;
    }

    /**
     * Starts an agent of a RocksDB store.
     *
     * @param directory where its configuration and what it keeps are
     * @param store directory of the store that it serves
     * @param installation where the archive and its key are
     * @param settings one more line of the section {@code agent}
     */
    static AgentProcess start(Path directory, Path store, Path installation, String settings) throws IOException {
        return prepare(directory, "type: rocksdb\n  directory: " + store, installation, settings)
                .start();
    }

    /**
     * Returns an agent that does not run yet.
     *
     * @param directory where its configuration and what it keeps are
     * @param node the section {@code node}, its lines indented by two after the first
     * @param installation where the archive and its key are
     * @param settings more lines of the section {@code agent}, indented by two after the first
     */
    static AgentProcess prepare(Path directory, String node, Path installation, String settings) throws IOException {
        Files.createDirectories(directory);
        String text =
                """
                agent:
                  directory: state
                  %s
                node:
                  %s
                archive:
                  type: filesystem
                  directory: %s
                  key:
                    type: key-file
                    file: %s
                logging:
                  level: WARN
                server:
                  applicationConnectors:
                    - type: http
                      bindHost: 127.0.0.1
                      port: PORT
                  adminConnectors:
                    - type: http
                      bindHost: 127.0.0.1
                      port: 0
                """
                        .formatted(settings, node, installation.resolve("archive"), installation.resolve("key"));
        return new AgentProcess(directory.resolve("agent.yml"), text);
    }

    /** Starts it on a free port; returns when it answers. */
    AgentProcess start() throws IOException {
        start(0);
        return this;
    }

    /**
     * Lets its process, when it starts next, write no longer file: what is longer fails as on a full disk.
     *
     * @param bytes the longest file; a multiple of 1024
     */
    void limitFiles(long bytes) {
        launcher = List.of("bash", "-c", "ulimit -f " + bytes / 1024 + "; exec \"$@\"", "agent");
    }

    /** Takes the limit away when it starts next. */
    void unlimitFiles() {
        launcher = List.of();
    }

    URI endpoint() {
        return endpoint;
    }

    /** Kills it with SIGKILL and starts it again on the same port. */
    void killAndRestart() throws IOException, InterruptedException {
        kill();
        restart();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Starts it again on the same port, after it was killed. */
    void restart() throws IOException {
        start(endpoint.getPort());
    }

    /** Stops it as a long pause of its machine would. */
    void stop() throws IOException, InterruptedException {
        signal("STOP");
    }

    void continueStopped() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private void start(int port) throws IOException {
        Files.writeString(configuration, text.replace("PORT", String.valueOf(port)));
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Tidemark.class.getName(),
                "agent",
                "--config",
                configuration.toString()));
        Process started = new ProcessBuilder(command)
                .redirectOutput(configuration.resolveSibling("stdout.txt").toFile())
                .start();
        process = started;
        // Whoever waits for its output would wait for ever if it did not end.
        CompletableFuture<Void> limit = CompletableFuture.runAsync(
                started::destroyForcibly, CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS));
        endpoint = awaitReady(started.errorReader());
        limit.cancel(false);
    }

    private static URI awaitReady(BufferedReader errors) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return URI.create(ready.group(1));
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("the agent has ended: " + seen);
    }
}
