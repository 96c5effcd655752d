package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a check of the chain has found. Memory: the operations that ended, and {@value #MAX_PROBLEMS} problems. Not thread-safe.
 */
public final class AuditChain {
    /** More problems than these are counted, not described. */
    public static final int MAX_PROBLEMS = 100;

    private final ObjectStore store;
    private final AuditDocument document;
    private final List<String> problems = new ArrayList<>();
    private final TreeMap<String, AuditStatement> ends = new TreeMap<>();
    private AuditPosition last = AuditPosition.EMPTY;
    private Optional<Instant> begin = Optional.empty();
    private long problemCount;
    private long entries;
    private long byReaders;
    private long unchecked;

    AuditChain(ObjectStore store, AuditDocument document) {
        this.store = store;
        this.document = document;
    }

    /** Takes the next object in the order of keys. */
    void add(ObjectKey key) {
        OptionalLong sequence = AuditKeyspace.sequence(key);
        if (sequence.isEmpty()) {
            addProblem("object '" + key + "' does not belong to the audit log");
            return;
        }
        if (sequence.getAsLong() != last.sequence() + 1) {
            addProblem(
                    "the entries from " + (last.sequence() + 1) + " to " + (sequence.getAsLong() - 1) + " are missing");
        }
        try {
            byte[] content = store.read(key);
            boolean isNext = sequence.getAsLong() == last.sequence() + 1;
            ObjectHash before = last.hash();
            last = new AuditPosition(sequence.getAsLong(), ObjectHash.ofContent(ByteBuffer.wrap(content)));
            entries++;
            AuditRecord entry = document.decode(key, sequence.getAsLong(), content);
            if (isNext && !entry.entry().previous().equals(before)) {
                addProblem("entry " + last.sequence() + " follows another entry " + (last.sequence() - 1)
                        + " than the one that is there");
            }
            count(entry);
        } catch (CoordinatorException e) {
            boolean isDamage = e.code() == ErrorCode.OBJECT_MISSING
                    || e.code() == ErrorCode.OBJECT_DAMAGED
                    || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
            if (!isDamage) {
                throw e;
            }
            addProblem(e.getMessage());
        }
    }

    private void count(AuditRecord entry) {
        if (begin.isEmpty()) {
            begin = Optional.of(entry.entry().at());
        }
        if (entry.authenticity() == AuditRecord.Authenticity.BY_READER) {
            byReaders++;
        }
        if (entry.authenticity() == AuditRecord.Authenticity.UNCHECKED) {
            unchecked++;
        }
        AuditStatement statement = entry.entry().statement();
        if (statement.event() == AuditEvent.ENDED) {
            ends.merge(
                    statement.namespace() + "/" + statement.operationId(),
                    statement,
                    (earlier, later) -> later.epoch() >= earlier.epoch() ? later : earlier);
        }
    }

    /** Adds a problem that was found elsewhere. */
    public void addProblem(String problem) {
        problemCount++;
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(problem);
        }
    }

    /**
     * Compares the log with a position that was noted earlier.
     *
     * @throws CoordinatorException whatever the store throws that is not damage
     */
    public void compare(AuditPosition noted) {
        if (noted.sequence() > last.sequence()) {
            addProblem("the log ends with entry " + last.sequence() + " (expected: at least " + noted.sequence()
                    + "): its end was cut off");
            return;
        }
        Optional<ObjectHash> found = hash(noted.sequence());
        if (!found.equals(Optional.of(noted.hash()))) {
            addProblem("entry " + noted.sequence() + " is another one than when its hash was noted");
        }
    }

    private Optional<ObjectHash> hash(long sequence) {
        try {
            return Optional.of(ObjectHash.ofContent(ByteBuffer.wrap(store.read(AuditKeyspace.key(sequence)))));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_MISSING) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Returns how an operation has ended, as the log says, if it does. What a process has written that was overtaken, and did not know
     * it yet, does not count.
     */
    public Optional<String> outcome(String namespace, String operationId) {
        return Optional.ofNullable(ends.get(namespace + "/" + operationId)).map(AuditStatement::outcome);
    }

    /** Returns when the log begins, if there is an entry that can be read. */
    public Optional<Instant> begin() {
        return begin;
    }

    /** Returns the last entry's position. */
    public AuditPosition last() {
        return last;
    }

    /** Returns how many entries there are. */
    public long entries() {
        return entries;
    }

    /** Returns how many entries readers have written. */
    public long byReaders() {
        return byReaders;
    }

    /** Returns how many entries say that readers have written them, which was not checked. */
    public long unchecked() {
        return unchecked;
    }

    /** Returns the first problems, in the order of the log. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Returns how many problems there are. */
    public long problemCount() {
        return problemCount;
    }
}
