package dev.tidemark.coordinator.operation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The journals of a namespace's operations in the archive: {@code ns/NS/journal/OPERATION/} and eight digits, one create-once
 * object for each record. Two processes that both believe to run an operation collide in the number of the next record, so
 * that the loser stops. Not thread-safe for one operation.
 */
public final class Journal {
    private static final String FOLDER = "journal/";
    private static final int PAGE = 1_000;

    private final NamespaceArchive archive;
    private final InstantSource clock;
    private final Map<String, Long> lastSequences = new HashMap<>();

    /** Creates access to the journals of a namespace. */
    public Journal(NamespaceArchive archive, InstantSource clock) {
        this.archive = archive;
        this.clock = clock;
    }

    String namespace() {
        return archive.namespace();
    }

    /** Returns the last record of an operation. */
    Optional<JournalRecord> last(String operationId) {
        List<ObjectKey> keys = keysOf(operationId);
        lastSequences.put(operationId, (long) keys.size());
        return keys.isEmpty() ? Optional.empty() : Optional.of(read(keys.get(keys.size() - 1)));
    }

    /** Makes the last record of an operation durable, whose writer may never have been told that it is. */
    void confirmLast(String operationId) {
        List<ObjectKey> keys = keysOf(operationId);
        if (!keys.isEmpty()) {
            archive.confirm(keys.get(keys.size() - 1));
        }
    }

    JournalRecord record(
            JournalRecord.Kind kind,
            long epoch,
            String type,
            String step,
            List<String> stepsDone,
            Object state,
            OperationSummary.Outcome outcome,
            String message) {
        return new JournalRecord(
                1, kind, epoch, clock.instant(), type, step, stepsDone, Documents.toTree(state), outcome, message);
    }

    /**
     * Adds a record durably; it gets the next number.
     *
     * @throws CoordinatorException {@link ErrorCode#FENCED_OUT} when another process has written this number
     */
    void append(OperationIdentity operation, JournalRecord content) {
        long last = lastSequences.computeIfAbsent(
                operation.operationId(), id -> (long) keysOf(id).size());
        long sequence = last + 1;
        while (!create(operation, content, sequence)) {
            sequence++;
        }
        lastSequences.put(operation.operationId(), sequence);
    }

    /**
     * Ends an operation that has no record, in place of its first one. Its process may have been stopped right before it: it can't
     * begin any more, when the lock has gone to another operation and nobody would ever end this one.
     *
     * @param epoch of another process
     * @return false when it has begun, and not ended
     */
    boolean endUnbegun(OperationIdentity operation, long epoch) {
        if (last(operation.operationId()).isPresent()) {
            return hasEnded(operation.operationId());
        }
        JournalRecord end = record(
                JournalRecord.Kind.ENDED,
                epoch,
                operation.type(),
                "",
                List.of(),
                null,
                OperationSummary.Outcome.FAILED,
                "never begun: its process did not go on before another operation took the lock");
        try {
            append(operation, end);
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.FENCED_OUT) {
                throw e;
            }
            return hasEnded(operation.operationId());
        }
    }

    /** Returns false when the number is taken by another record of the same writer, whose answer was lost. */
    private boolean create(OperationIdentity operation, JournalRecord content, long sequence) {
        JournalRecord numbered = new JournalRecord(
                sequence,
                content.kind(),
                content.epoch(),
                content.at(),
                content.type(),
                content.step(),
                content.stepsDone(),
                content.state(),
                content.outcome(),
                content.message());
        byte[] encoded = Documents.encode(numbered);
        ObjectKey key = key(operation.operationId(), sequence);
        try {
            archive.documents().create(key, encoded);
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
            // An append whose answer was lost is found again, byte for byte, or before what is to be said after it.
            byte[] found = archive.documents().read(key);
            if (Arrays.equals(found, encoded)) {
                return true;
            }
            if (Documents.decode(found, JournalRecord.class, key.toString()).epoch() == content.epoch()) {
                return false;
            }
            throw new CoordinatorException(
                    ErrorCode.FENCED_OUT,
                    "record " + sequence + " of operation '" + operation.operationId()
                            + "' was written by another process",
                    "Look at the operations of the namespace; the other process goes on with it.",
                    e);
        }
    }

    /** Returns the state that the last record of an operation holds. */
    public <S> S lastState(String operationId, Class<S> type) {
        return last(operationId)
                .map(last -> decode(last.state(), type))
                .orElseThrow(() -> new IllegalStateException("no journal of '" + operationId + "'"));
    }

    <S> S decode(JsonNode state, Class<S> type) {
        return Documents.fromTree(state, type, "state of " + type.getSimpleName());
    }

    /** Returns what the journals say of all operations, the newest first; a damaged journal costs its own operation and no other. */
    public OperationList list() {
        return list(operationIds());
    }

    private OperationList list(SortedSet<String> operationIds) {
        List<OperationSummary> summaries = new ArrayList<>();
        List<DamagedOperation> damaged = new ArrayList<>();
        for (String id : operationIds) {
            try {
                summary(id).ifPresent(summaries::add);
            } catch (CoordinatorException e) {
                if (!isDamage(e)) {
                    throw e;
                }
                damaged.add(new DamagedOperation(id, e.getMessage()));
            }
        }
        summaries.sort(Comparator.comparingLong(OperationSummary::epoch).reversed());
        return new OperationList(summaries, damaged);
    }

    /**
     * Returns what the journals say of the operations that were begun at or after a time, as their ids say, and of those whose ids say
     * no time; newest first. Older ones are not even listed, so the cost does not grow with the age of the archive.
     */
    public OperationList listSince(Instant from) {
        return list(operationIdsSince(from));
    }

    private SortedSet<String> operationIdsSince(Instant from) {
        TreeSet<String> ids = new TreeSet<>();
        String start = "";
        while (true) {
            Optional<String> skipTo = Optional.empty();
            List<ObjectKey> page = archive.listKeys(FOLDER, start, PAGE);
            for (ObjectKey key : page) {
                String id = operationOf(key);
                skipTo = OperationIdentity.firstIdSince(id, from);
                if (skipTo.isPresent()) {
                    break;
                }
                ids.add(id);
                start = FOLDER + id + "/" + key.name();
            }
            if (skipTo.isPresent()) {
                start = FOLDER + skipTo.get();
            } else if (page.size() < PAGE) {
                return ids;
            }
        }
    }

    /** Returns the ids of all operations that have a journal, ordered. */
    SortedSet<String> operationIds() {
        TreeSet<String> ids = new TreeSet<>();
        archive.forEachKey(FOLDER, key -> ids.add(operationOf(key)));
        return ids;
    }

    /** Reads all records of an operation; what is returned is the last of them. */
    JournalRecord readAll(String operationId) {
        return keysOf(operationId).stream()
                .map(this::read)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** Tells whether an error says that records are damaged, rather than that they could not be read now. */
    static boolean isDamage(CoordinatorException e) {
        return e.code() == ErrorCode.OBJECT_MISSING
                || e.code() == ErrorCode.OBJECT_DAMAGED
                || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
    }

    /** Tells whether an operation was begun: one that another had to end in place of its process never was. */
    boolean hasBegun(String operationId) {
        List<ObjectKey> keys = keysOf(operationId);
        return !keys.isEmpty() && read(keys.get(0)).kind() == JournalRecord.Kind.BEGUN;
    }

    /** Tells whether an operation has ended, well or not; false when there is none with this id. */
    public boolean hasEnded(String operationId) {
        return summary(operationId)
                .map(summary -> summary.outcome() != OperationSummary.Outcome.UNFINISHED)
                .orElse(false);
    }

    /** Returns what the journal says of one operation. */
    public Optional<OperationSummary> summary(String operationId) {
        List<ObjectKey> keys = keysOf(operationId);
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        JournalRecord first = read(keys.get(0));
        JournalRecord last = read(keys.get(keys.size() - 1));
        boolean isStepOpen =
                last.outcome() == OperationSummary.Outcome.UNFINISHED && last.kind() != JournalRecord.Kind.STEP_DONE;
        return Optional.of(new OperationSummary(
                archive.namespace(),
                operationId,
                last.type(),
                last.epoch(),
                last.outcome(),
                first.at(),
                last.at(),
                last.stepsDone(),
                isStepOpen ? last.step() : "",
                last.message()));
    }

    private JournalRecord read(ObjectKey key) {
        return Documents.decode(archive.documents().read(key), JournalRecord.class, key.toString());
    }

    /** The records have no gaps; a foreign object among them, or one that is gone, must not shift the numbers. */
    private List<ObjectKey> keysOf(String operationId) {
        List<ObjectKey> keys = new ArrayList<>();
        archive.forEachKey(FOLDER + operationId + "/", key -> {
            ObjectKey expected = key(operationId, keys.size() + 1L);
            if (!key.equals(expected)) {
                throw new CoordinatorException(
                        ErrorCode.OBJECT_MISSING,
                        "object '" + expected + "' is missing: the journal of operation '" + operationId
                                + "' goes on with '" + key + "'",
                        "Restore the object from a copy of the archive.");
            }
            keys.add(key);
        });
        return keys;
    }

    private static String operationOf(ObjectKey key) {
        String[] segments = key.toString().split("/", -1);
        return segments[segments.length - 2];
    }

    private ObjectKey key(String operationId, long sequence) {
        return archive.key(String.format("journal/%s/%08d", operationId, sequence));
    }
}
