package dev.tidemark.coordinator.archive.object;

import java.time.Instant;
import java.util.List;

/**
 * Uploads in parts that were begun and neither completed nor aborted, as a crash leaves them: they take room and are no objects.
 * Thread-safe.
 */
public interface PendingUploads {
    /** Largest answer of {@link #startedBefore}. */
    int MAX_PAGE = 1000;

    /**
     * An upload that is not complete.
     *
     * @param id the store's name for it
     * @param startedAt when it was begun, by the store's clock
     */
    record PendingUpload(ObjectKey key, String id, Instant startedAt) {}

    /** Returns the length from which on a content under a name of its own is sent in parts, bytes. */
    int thresholdBytes();

    /**
     * Returns uploads of this archive that were begun before a time, at most {@value #MAX_PAGE}; the rest comes when these are aborted.
     *
     * @param prefix how the keys of their objects begin; empty for all
     */
    List<PendingUpload> startedBefore(String prefix, Instant time);

    /** Frees what an upload holds; does nothing when it is gone. */
    void abort(PendingUpload upload);
}
