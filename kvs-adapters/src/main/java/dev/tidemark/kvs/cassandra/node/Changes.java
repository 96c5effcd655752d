package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.node.RestoreId;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one change of the node be made at a time, for the restore with the greatest epoch. A call with a greater epoch is known at once,
 * so that a change under way stops at its next step, and then waits for it. Thread-safe.
 */
final class Changes {
    private final NodeState state;
    private final Fence fence;
    private final Snapshots snapshots;
    private final ReentrantLock one = new ReentrantLock(true);

    Changes(NodeState state, Fence fence, Snapshots snapshots) {
        this.state = state;
        this.fence = fence;
        this.snapshots = snapshots;
    }

    /** A part of a change. */
    @FunctionalInterface
    interface Body {
        void run() throws IOException;
    }

    /**
     * Makes a change.
     *
     * @param action what could not be done if the disk fails
     */
    void run(String action, RestoreId restore, Body body) {
        FileErrors.translating(action + " with the state in", state.directory(), () -> {
            fence.admit(restore);
            lock(action);
            try {
                fence.check(restore); // another coordinator may have taken over while this one waited
                body.run();
                removeUnwanted();
            } finally {
                one.unlock();
            }
            return null;
        });
    }

    /** Runs something that no change may come between, without being a change itself. */
    void undisturbed(String action, Runnable body) {
        lock(action);
        try {
            body.run();
        } finally {
            one.unlock();
        }
    }

    /** Removes the snapshots that were kept and are not needed any more. */
    private void removeUnwanted() {
        for (String tag : state.current().unwanted()) {
            snapshots.remove(tag);
            state.update("forget unwanted snapshot", record -> record.withoutUnwanted(tag));
        }
    }

    private void lock(String action) {
        try {
            one.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyValueStoreException(
                    ErrorCode.INTERRUPTED, "interrupted while waiting to " + action, "Run the same command again.", e);
        }
    }
}
