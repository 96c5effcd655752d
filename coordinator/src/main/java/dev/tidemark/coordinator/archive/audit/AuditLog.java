package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The audit log of an archive: create-once objects with consecutive numbers, of which each holds the SHA-256 of the one before. Whoever
 * changes, removes or puts in an entry breaks the chain or needs a key; whoever cuts off the end is found out by the
 * journals, and by an {@link AuditPosition} that was noted elsewhere. Thread-safe, also across processes.
 *
 * <p>An entry that can't be read does not stop the log: the next one holds the hash of what is there.
 */
public final class AuditLog {
    private final ObjectStore store;
    private final AuditKeyspace keyspace;
    private final AuditDocument document;
    private final String archiveId;

    /** The last entry that this process has seen; guarded by this. */
    private AuditPosition last = AuditPosition.EMPTY;

    /** Creates access to the log of an archive. */
    public AuditLog(ObjectStore store, String archiveId, AuditKeys keys) {
        this.store = store;
        this.archiveId = archiveId;
        keyspace = new AuditKeyspace(store);
        document = new AuditDocument(keys, archiveId);
    }

    /**
     * Adds an entry; durable on return.
     *
     * @param at when, by the caller's clock
     * @param who user, host and process
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when there is no number left, because somebody has put an entry
     *     with the last one there
     */
    public synchronized void append(Instant at, String who, AuditStatement statement) {
        while (true) {
            if (last.equals(AuditPosition.EMPTY)) {
                last = find(true);
            }
            AuditPosition before = last;
            long sequence = before.sequence() + 1;
            if (sequence > AuditKeyspace.MAX_SEQUENCE) {
                throw FormatErrors.damaged(
                        AuditKeyspace.key(before.sequence()).value(), "the audit log has no room after it");
            }
            ObjectKey key = AuditKeyspace.key(sequence);
            AuditEntry entry = new AuditEntry(
                    AuditEntry.FORMAT_VERSION,
                    archiveId,
                    sequence,
                    before.hash(),
                    at.truncatedTo(ChronoUnit.MILLIS),
                    who,
                    statement);
            ByteBuffer content = ByteBuffer.wrap(document.encode(key, entry));
            try {
                store.createOrConfirm(key, content);
                last = new AuditPosition(sequence, ObjectHash.ofContent(content));
                return;
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_EXISTS) {
                    throw e;
                }
                last = find(true); // another process was faster
            }
        }
    }

    /** Returns how far the log goes. */
    public synchronized AuditPosition position() {
        return find(false);
    }

    /**
     * Finds the last entry.
     *
     * @param confirmed makes it durable: its writer may never have been told that it is
     */
    private AuditPosition find(boolean confirmed) {
        long sequence = keyspace.last(last.sequence());
        if (sequence == last.sequence()) {
            return last;
        }
        ByteBuffer content = ByteBuffer.wrap(store.read(AuditKeyspace.key(sequence)));
        if (confirmed) {
            store.createOrConfirm(AuditKeyspace.key(sequence), content);
        }
        return new AuditPosition(sequence, ObjectHash.ofContent(content));
    }

    /**
     * Reads an entry and authenticates it; of the chain it says nothing.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when there is none, {@link ErrorCode#OBJECT_DAMAGED} when it
     *     is not what was written there, {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version
     */
    public AuditRecord read(long sequence) {
        ObjectKey key = AuditKeyspace.key(sequence);
        return document.decode(key, sequence, store.read(key));
    }

    /** Returns those of the last numbers, as many as asked for, that have an entry, ascending. */
    public List<Long> lastSequences(int count) {
        long from = keyspace.last(0) - count;
        List<Long> sequences = new ArrayList<>();
        String start = from < 1 ? "" : AuditKeyspace.key(from).value();
        store.list(AuditKeyspace.PREFIX, start, Math.min(count, ObjectStore.MAX_PAGE))
                .forEach(info -> {
                    OptionalLong sequence = AuditKeyspace.sequence(info.key());
                    sequence.ifPresent(sequences::add);
                });
        return sequences;
    }

    /** Checks the whole chain; see {@link AuditChain}. */
    public AuditChain check() {
        AuditChain chain = new AuditChain(store, document);
        store.forEach(AuditKeyspace.PREFIX, info -> chain.add(info.key()));
        return chain;
    }
}
