package dev.tidemark.kvs.cassandra.server.forked;

import java.io.IOException;

/**
 * A process held still. Another process holds it, and lets it go when it is told to or when this JVM ends; or a node would stay
 * behind that can't notice that its parent is gone.
 */
public final class Pause implements AutoCloseable {
    private static final String SCRIPT = "kill -STOP \"$1\" && echo paused && read -r line; kill -CONT \"$1\"";

    private final Process holder;

    private Pause(Process holder) {
        this.holder = holder;
    }

    /** Holds a process until the pause is closed. */
    public static Pause of(ProcessHandle process) throws IOException {
        Process holder = new ProcessBuilder("sh", "-c", SCRIPT, "sh", Long.toString(process.pid()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (holder.inputReader().readLine() == null) {
            throw new IllegalStateException("process " + process.pid() + ": can't be paused");
        }
        return new Pause(holder);
    }

    /** Lets the process go on. */
    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        holder.onExit().join();
    }
}
