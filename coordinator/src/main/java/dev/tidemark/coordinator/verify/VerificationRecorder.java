package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.marks.DamageMark;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.verified.VerificationRecords;
import dev.tidemark.coordinator.archive.verified.VerifiedPack;
import dev.tidemark.kvs.ErrorCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Writes down what a verification finds out, as it goes. What can't be written does not change what was found out: from the first
 * failure on nothing is written, and {@link #refusal} says why. Thread-safe.
 *
 * <p>No lock is needed: documents are added, and merged as a union; a mark is created or there.
 */
final class VerificationRecorder {
    /** A killed run loses the reading of that many packs at most: 32 GB. */
    static final int PACKS_OF_A_DOCUMENT = 2_000;

    /** More documents than that are merged. */
    static final int MAX_DOCUMENTS = 16;

    private final NamespaceArchive archive;
    private final InstantSource clock;
    private final VerificationMemory memory;
    private final VerificationRecords records;
    private final List<ObjectKey> written = new ArrayList<>();
    private final Set<ObjectId> marked = new TreeSet<>();
    private List<VerifiedPack> pending = new ArrayList<>();
    private String refusal;
    private String untidied = "";

    /**
     * Creates a recorder.
     *
     * @param refusal why nothing may be written; empty when something may
     */
    VerificationRecorder(NamespaceArchive archive, InstantSource clock, VerificationMemory memory, String refusal) {
        this.archive = archive;
        this.clock = clock;
        this.memory = memory;
        this.refusal = refusal;
        records = archive.verificationRecords();
    }

    /** Takes the result for one pack; marks it when it is damaged. */
    void read(PackResult result) {
        if (result.state() == PackResult.State.GONE) {
            return; // whether a backup misses it is known at the end
        }
        VerifiedPack pack = new VerifiedPack(result.pack(), result.sizeBytes(), clock.instant(), 2, result.isGood());
        memory.addOwn(pack);
        if (!result.isGood()) {
            mark(result.pack(), result.problem(), result.damagedChunks());
        }
        List<VerifiedPack> full = List.of();
        synchronized (this) {
            pending.add(pack);
            if (pending.size() == PACKS_OF_A_DOCUMENT) {
                full = pending;
                pending = new ArrayList<>();
            }
        }
        write(full);
    }

    /** Writes what is still to be written; durable on return, unless there is a {@link #refusal}. */
    void flush() {
        List<VerifiedPack> rest;
        synchronized (this) {
            rest = pending;
            pending = new ArrayList<>();
        }
        write(rest);
    }

    private void write(List<VerifiedPack> packs) {
        if (!packs.isEmpty()) {
            attempt(() -> records.write(packs)).forEach(key -> {
                synchronized (this) {
                    written.add(key);
                }
            });
        }
    }

    /** Marks a pack as damaged. */
    void mark(ObjectId pack, String problem, List<String> chunks) {
        DamageMark mark = new DamageMark(pack, clock.instant(), problem, chunks);
        attempt(() -> archive.damageMarks().mark(mark)).forEach(isNew -> {
            synchronized (this) {
                if (isNew) {
                    marked.add(pack);
                }
            }
        });
    }

    /**
     * Merges documents when there are many. First the union is written, then the documents that it holds are deleted; whoever does the
     * same at the same time writes the same.
     */
    void merge() {
        List<ObjectKey> old = new ArrayList<>(memory.documents());
        old.addAll(written);
        if (old.size() <= MAX_DOCUMENTS) {
            return;
        }
        for (int from = 0; refusal().isEmpty(); from += VerificationRecords.MAX_PACKS) {
            List<VerifiedPack> part = memory.part(from, VerificationRecords.MAX_PACKS);
            if (part.isEmpty()) {
                break;
            }
            attempt(() -> records.write(part));
        }
        if (refusal().isEmpty()) {
            deleteAll(old);
        }
    }

    /** Whoever may write and not delete leaves the documents to the next one who may. */
    private void deleteAll(List<ObjectKey> keys) {
        try {
            keys.forEach(records::delete);
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            untidied = String.valueOf(e.getMessage());
        }
    }

    /** Returns why documents that were merged could not be deleted; empty when they were. */
    String untidied() {
        return untidied;
    }

    /** Returns why nothing is written; empty when everything is. */
    synchronized String refusal() {
        return refusal;
    }

    /** Returns the packs that got a mark. */
    synchronized List<ObjectId> marked() {
        return List.copyOf(marked);
    }

    /** Returns the result of a change, or nothing when the archive can't be changed. */
    <T> List<T> attempt(Supplier<T> change) {
        if (!refusal().isEmpty()) {
            return List.of();
        }
        try {
            return List.of(change.get());
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            synchronized (this) {
                refusal = refusal.isEmpty() ? String.valueOf(e.getMessage()) : refusal;
            }
            return List.of();
        }
    }
}
