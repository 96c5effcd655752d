package dev.tidemark.coordinator.service.watch;

import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.coordinator.status.NamespaceStatus;
import java.time.Instant;
import java.util.List;

/**
 * What a reading of a namespace has found.
 *
 * @param status how it was
 * @param view what lists show of it
 * @param newest figures of the newest good backup; none or one
 * @param unendedOrders orders that were accepted, by whatever process, and have not ended
 * @param oldestOrderAt when the oldest of them was accepted; {@link Instant#EPOCH} when there is none
 * @param atNanos when the reading ended, on the monotonic clock of this process
 */
public record SeenNamespace(
        NamespaceStatus status,
        NamespaceView view,
        List<BackupFigures> newest,
        int unendedOrders,
        Instant oldestOrderAt,
        long atNanos) {
    /** Copies the list. */
    public SeenNamespace {
        newest = List.copyOf(newest);
    }
}
