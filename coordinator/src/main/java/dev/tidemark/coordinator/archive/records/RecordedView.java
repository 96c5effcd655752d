package dev.tidemark.coordinator.archive.records;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A store that can't be changed, as an archive was at an earlier time, whose journals, locks and audit log go on in another store: so a
 * restore,
 * which changes nothing of an archive but these, works on it. What the store has of them stays to be seen: an operation that was
 * unfinished then is unfinished here too, and epochs go on from where they were. Every other change is left to the store, which
 * refuses it. Thread-safe.
 *
 * <p>The lock keeps out those alone who use the same records. Whoever works on the present archive is kept out by the fence of the oracle
 * and of the store's nodes, as everybody is who doesn't know of a restore.
 */
public final class RecordedView implements ObjectStore {
    private static final Pattern RECORD = Pattern.compile("(audit|ns/[^/]+/(journal|lock))/.+");

    private final ObjectStore past;
    private final ObjectStore records;

    /**
     * Creates a view.
     *
     * @param past what can't be changed; no object of it comes or goes
     * @param records takes journals, lock entries and entries of the audit log
     */
    public RecordedView(ObjectStore past, ObjectStore records) {
        this.past = past;
        this.records = records;
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        if (!isRecord(key)) {
            past.create(key, content);
        } else if (past.head(key).isPresent()) {
            throw ObjectStoreChecks.exists(key);
        } else {
            records.create(key, content);
        }
    }

    /** What was there in the past is durable. */
    @Override
    public void confirm(ObjectKey key) {
        if (past.head(key).isEmpty()) {
            (isRecord(key) ? records : past).confirm(key);
        }
    }

    @Override
    public byte[] read(ObjectKey key) {
        return find(key, store -> store.read(key));
    }

    @Override
    public ByteBuffer read(ObjectKey key, ByteBuffer spare) {
        return find(key, store -> store.read(key, spare));
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return find(key, store -> store.read(key, offset, length));
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return isRecord(key) ? records.head(key).or(() -> past.head(key)) : past.head(key);
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        Map<ObjectKey, ObjectInfo> both = new TreeMap<>();
        past.list(prefix, startAfter, limit).forEach(info -> both.put(info.key(), info));
        records.list(prefix, startAfter, limit).stream()
                .filter(info -> isRecord(info.key()))
                .forEach(info -> both.put(info.key(), info));
        List<ObjectInfo> page = new ArrayList<>(both.values());
        return page.size() <= limit ? page : page.subList(0, limit);
    }

    /**
     * Deletes a record that was written here.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_LOCKED} when it is one of the past
     */
    @Override
    public void delete(ObjectKey key) {
        if (!isRecord(key)) {
            past.delete(key);
        } else if (past.head(key).isPresent()) {
            throw new CoordinatorException(
                    ErrorCode.OBJECT_LOCKED,
                    "record '" + key + "' is part of " + past.location() + " and stays",
                    "Leave 'asOf' out of the configuration to change the archive.");
        } else {
            records.delete(key);
        }
    }

    @Override
    public String location() {
        return past.location() + ", with records at " + records.location();
    }

    private <T> T find(ObjectKey key, Function<ObjectStore, T> action) {
        boolean isHere = isRecord(key) && records.head(key).isPresent();
        return action.apply(isHere ? records : past);
    }

    private static boolean isRecord(ObjectKey key) {
        return RECORD.matcher(key.value()).matches();
    }
}
