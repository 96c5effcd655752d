package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.ring.Ring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One node as a child process. */
final class ForkedServer implements CassandraServer {
    private static final int MAX_STOP_SECONDS = 120;
    private static final int LAST_LINES = 30;
    private static final int MAX_LINE_LENGTH = 500;

    private final ServerRuntime runtime;
    private final NodePlan plan;

    private Process process;
    private Pause pause;

    ForkedServer(ServerRuntime runtime, NodePlan plan) {
        this.runtime = runtime;
        this.plan = plan;
    }

    @Override
    public String name() {
        return plan.name();
    }

    @Override
    public InetSocketAddress cql() {
        return plan.cql();
    }

    @Override
    public InetSocketAddress jmx() {
        return plan.jmx();
    }

    @Override
    public InetSocketAddress storage() {
        return plan.storage();
    }

    @Override
    public List<Path> dataDirectories() {
        return plan.data();
    }

    @Override
    public Path directory() {
        return plan.directory();
    }

    @Override
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public boolean isPaused() {
        return isRunning() && pause != null;
    }

    @Override
    public void kill() {
        if (process != null) {
            process.toHandle().destroyForcibly();
            awaitEnd();
            resume();
        }
    }

    @Override
    public void stop() {
        resume();
        if (isRunning()) {
            process.toHandle().destroy(); // Process.destroy would close its input, and so halt it
            awaitEnd();
        }
    }

    @Override
    public void start() {
        if (!isRunning()) {
            launch();
            Ring.awaitServing(this);
        }
    }

    /** Starts the process and doesn't wait for anything. */
    void launch() {
        try {
            Files.createDirectories(plan.stored());
            process = new ProcessBuilder(runtime.command(plan))
                    .directory(plan.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(plan.output().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void wipe() {
        if (isRunning()) {
            throw new IllegalStateException(name() + ": running (expected: killed or stopped before it is wiped)");
        }
        try {
            delete(plan.stored());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void pause() {
        if (pause == null && isRunning()) {
            try {
                pause = Pause.of(process.toHandle());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void resume() {
        if (pause != null) {
            try {
                pause.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            pause = null;
        }
    }

    /** Returns its present process, or the last one. */
    ProcessHandle process() {
        return process.toHandle();
    }

    /** Returns the end of its output and of its log. */
    String lastLines() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : List.of(plan.output(), plan.log())) {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            text.append(file).append('\n');
            lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())
                    .forEach(line -> text.append(line, 0, Math.min(line.length(), MAX_LINE_LENGTH))
                            .append('\n'));
        }
        return text.toString();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(MAX_STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name() + ": still runs after " + MAX_STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name() + ": interrupted while it ended", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
