package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.PendingUploads;
import dev.tidemark.coordinator.archive.object.PendingUploads.PendingUpload;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Uploads in parts that a crash has left: they are no objects, and take room until somebody aborts them. Nobody goes on with the upload of
 * another process, so whatever is older than the grace is one. Should a writer be slower than that, its upload fails and is sent
 * again.
 *
 * <p>Uploads below the namespace alone; the store's clock says how old they are.
 */
final class OrphanedUploads {
    /** Uploads that one run aborts at most, in pages of {@link PendingUploads#MAX_PAGE}. */
    private static final int MAX_PAGES = 100;

    private final NamespaceArchive archive;
    private final Optional<PendingUploads> uploads;
    private final Instant before;

    /**
     * Creates access to the uploads of a namespace.
     *
     * @param grace how old they are at least
     */
    OrphanedUploads(NamespaceArchive archive, Duration grace, Instant now) {
        this.archive = archive;
        this.uploads = archive.store().pendingUploads();
        this.before = now.minus(grace);
    }

    /** Counts them, up to {@link PendingUploads#MAX_PAGE}; 0 where the store has no uploads, or does not let these credentials look. */
    int count() {
        try {
            return uploads.map(store -> find(store).size()).orElse(0);
        } catch (CoordinatorException e) {
            requireRefusal(e);
            return 0;
        }
    }

    /**
     * Aborts them, and looks again whether they are gone.
     *
     * @param beforeEach called before each change of the store
     * @param remarks is told of what the store refuses
     * @return how many are gone
     */
    long abort(Runnable beforeEach, Consumer<String> remarks) {
        return uploads.map(store -> abort(store, beforeEach, remarks)).orElse(0L);
    }

    private long abort(PendingUploads store, Runnable beforeEach, Consumer<String> remarks) {
        Set<String> tried = new HashSet<>();
        long gone = 0;
        for (int page = 0; page < MAX_PAGES; page++) {
            List<PendingUpload> found;
            try {
                found = find(store);
            } catch (CoordinatorException e) {
                requireRefusal(e);
                remarks.accept("uploads that a crash may have left are not looked for: " + e.getMessage());
                return gone;
            }
            List<PendingUpload> fresh = found.stream()
                    .filter(upload -> !tried.contains(upload.id()))
                    .toList();
            // Of the page before, what is still there was refused.
            gone = tried.size() - (found.size() - fresh.size());
            if (fresh.isEmpty()) {
                if (!found.isEmpty()) {
                    remarks.accept("the store keeps " + found.size() + " uploads that it was told to abort");
                }
                return gone;
            }
            for (PendingUpload upload : fresh) {
                beforeEach.run();
                if (!isAborted(store, upload, remarks)) {
                    return gone;
                }
                tried.add(upload.id());
            }
        }
        return gone;
    }

    private static boolean isAborted(PendingUploads store, PendingUpload upload, Consumer<String> remarks) {
        try {
            store.abort(upload);
            return true;
        } catch (CoordinatorException e) {
            requireRefusal(e);
            remarks.accept("an upload that a crash has left can't be aborted: " + e.getMessage());
            return false;
        }
    }

    private List<PendingUpload> find(PendingUploads store) {
        return store.startedBefore(archive.layout().prefix(), before);
    }

    /** Room that is not freed is no reason to fail; a store that does not answer is. */
    private static void requireRefusal(CoordinatorException e) {
        if (e.code().isRetryable() || e.code() == ErrorCode.INTERRUPTED) {
            throw e;
        }
    }
}
