package dev.tidemark.coordinator.agent.throttle;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Stops all copies of an agent between two reads while it is closed. Whether it is closed outlives the agent: somebody wanted the
 * node's disk for something else, and does not know of a restart. Thread-safe.
 */
public final class CopyGate {
    private final Path mark;
    private boolean isPaused;

    private CopyGate(Path mark, boolean isPaused) {
        this.mark = mark;
        this.isPaused = isPaused;
    }

    /**
     * Returns a gate that is as it was left, and open the first time.
     *
     * @param directory where a file {@code paused} is while it is closed; exists
     */
    public static CopyGate in(Path directory) {
        Path mark = directory.resolve("paused");
        return new CopyGate(mark, Files.exists(mark));
    }

    /**
     * Lets nobody pass; does nothing when it is closed.
     *
     * @throws CoordinatorException {@link ErrorCode#STORE_UNAVAILABLE} when that can't be made durable; it is as it was then
     */
    public synchronized void pause() {
        if (!isPaused) {
            record(() -> DurableFiles.replace(mark, new byte[0]));
            isPaused = true;
        }
    }

    /**
     * Lets everybody pass; does nothing when it is open.
     *
     * @throws CoordinatorException {@link ErrorCode#STORE_UNAVAILABLE} when that can't be made durable; it is as it was then
     */
    public synchronized void resume() {
        if (isPaused) {
            record(() -> {
                Files.deleteIfExists(mark);
                DurableFiles.syncDirectory(mark.getParent());
            });
            isPaused = false;
            notifyAll();
        }
    }

    private void record(Change change) {
        try {
            change.make();
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "the agent's file '" + mark + "' can't be written: " + e,
                    "Check the agent's directory and its disk.",
                    e);
        }
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    /** Tells whether it is closed. */
    public synchronized boolean isPaused() {
        return isPaused;
    }

    /** Lets everybody who waits ask for permission again; to be called when a permission has ended. */
    public synchronized void recheck() {
        notifyAll();
    }

    /**
     * Waits while the gate is closed.
     *
     * @param permission is asked before each wait and after {@link #recheck}; throws to end the wait
     */
    public synchronized void pass(Runnable permission) {
        while (isPaused) {
            permission.run();
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted while copying was paused", "", e);
            }
        }
    }
}
