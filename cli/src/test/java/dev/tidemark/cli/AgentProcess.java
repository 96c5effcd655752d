package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tidemark agent} with a heap of 256 MiB, as a test sees it. Closing kills it. */
final class AgentProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("The agent answers at (\\S+); .*");
    private static final long LIMIT_SECONDS = 120;

    private final Path configuration;
    private final String text;
    private Process process;
    private URI endpoint;

    private AgentProcess(Path configuration, String text) {
        this.configuration = configuration;
        this.text = text;
    }

    /**
     * Starts an agent.
     *
     * @param directory where its configuration and what it keeps are
     * @param store directory of the RocksDB store that it serves
     * @param installation where the archive and its key are
     * @param settings more lines of the section {@code agent}
     */
    static AgentProcess start(Path directory, Path store, Path installation, String settings) throws IOException {
        Files.createDirectories(directory);
        String text =
                """
                agent:
                  directory: state
                  %s
                node:
                  type: rocksdb
                  directory: %s
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
                        .formatted(settings, store, installation.resolve("archive"), installation.resolve("key"));
        AgentProcess agent = new AgentProcess(directory.resolve("agent.yml"), text);
        agent.start(0);
        return agent;
    }

    URI endpoint() {
        return endpoint;
    }

    /** Kills it with SIGKILL and starts it again on the same port. */
    void killAndRestart() throws IOException, InterruptedException {
        kill();
        start(endpoint.getPort());
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void start(int port) throws IOException {
        Files.writeString(configuration, text.replace("PORT", String.valueOf(port)));
        Process started = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Tidemark.class.getName(),
                        "agent",
                        "--config",
                        configuration.toString()))
                .redirectOutput(configuration.resolveSibling("stdout.txt").toFile())
                .start();
        process = started;
        // Whoever waits for its output would wait for ever if it did not end.
        CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS).execute(started::destroyForcibly);
        endpoint = awaitReady(started.errorReader());
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
