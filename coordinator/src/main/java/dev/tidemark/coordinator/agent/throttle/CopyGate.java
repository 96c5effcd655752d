package dev.tidemark.coordinator.agent.throttle;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;

/** Stops all copies of an agent between two reads while it is closed. Open again after a restart. Thread-safe. */
public final class CopyGate {
    private boolean isPaused;

    /** Creates an open gate. */
    public CopyGate() {}

    /** Lets nobody pass; does nothing when it is closed. */
    public synchronized void pause() {
        isPaused = true;
    }

    /** Lets everybody pass; does nothing when it is open. */
    public synchronized void resume() {
        isPaused = false;
        notifyAll();
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
