package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.cluster.NodePlan;
import dev.tidemark.kvs.cassandra.server.cluster.PlannedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;

/** One node as a child process. */
final class ForkedServer extends PlannedServer {
    private static final int MAX_STOP_SECONDS = 120;

    private final ServerRuntime runtime;

    private Process process;
    private Pause pause;

    ForkedServer(ServerRuntime runtime, NodePlan plan) {
        super(plan);
        this.runtime = runtime;
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
    public void launch() throws IOException {
        Files.createDirectories(plan().stored());
        process = new ProcessBuilder(runtime.command(plan()))
                .directory(directory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(plan().output().toFile()))
                .start();
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
}
