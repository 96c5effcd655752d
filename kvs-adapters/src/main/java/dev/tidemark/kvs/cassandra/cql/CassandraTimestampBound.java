package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.util.Map;

/**
 * AtlasDB's {@code _timestamp} table: the bound of a timestamp service that keeps it in Cassandra. Below the bound every timestamp
 * may have been issued.
 *
 * <p>Format (AtlasDB's {@code CassandraTimestampBoundStore}): row {@code ts}, column {@code ts}, 8 bytes big-endian. A namespace
 * that has moved to a TimeLock has one byte 0 there, which makes a timestamp service in Cassandra refuse to start, and what was
 * the bound in column {@code oldTs}. Thread-safe.
 */
public final class CassandraTimestampBound {
    /** The table. */
    public static final TableName TABLE = TableName.of("_timestamp");

    private static final long INITIAL = 10_000;
    static final Bytes ROW = Bytes.utf8("ts");
    private static final Bytes COLUMN = Bytes.utf8("ts");
    private static final Bytes OLD_COLUMN = Bytes.utf8("oldTs");
    private static final Bytes INVALID = Bytes.wrap(new byte[] {0});
    private static final int MAX_TRIES = 10;
    private static final String MOVE_TO_NEW_CELL = "BEGIN BATCH"
            + " UPDATE %1$s SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?;"
            + " INSERT INTO %1$s (key, column1, column2, value) VALUES (?, ?, -1, ?) IF NOT EXISTS;"
            + " APPLY BATCH";
    private static final String MOVE_TO_CELL = "BEGIN BATCH"
            + " UPDATE %1$s SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?;"
            + " UPDATE %1$s SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?;"
            + " APPLY BATCH";

    private final Keyspace keyspace;
    private final AtomicTable table;

    /**
     * Creates access to the table of a keyspace.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public CassandraTimestampBound(CassandraSession session, String keyspace) {
        this.keyspace = new Keyspace(session, keyspace);
        this.table = new AtomicTable(this.keyspace, TABLE);
    }

    /**
     * Reads the bound.
     *
     * @throws KeyValueStoreException {@link ErrorCode#BOUND_STORE_DAMAGED} when the table has anything but the two forms;
     *     {@link ErrorCode#UNKNOWN_TABLE} when there is no table
     */
    public State read() {
        return state(table.row(ROW));
    }

    private State state(Map<Bytes, Bytes> values) {
        Bytes value = values.get(COLUMN);
        Bytes old = values.get(OLD_COLUMN);
        if (values.isEmpty()) {
            return new Absent();
        }
        if (isBound(value) && (old == null || !isBound(old))) {
            return new Active(value.toLong());
        }
        if (INVALID.equals(value) && isBound(old)) {
            return new Invalidated(old.toLong());
        }
        throw new KeyValueStoreException(
                ErrorCode.BOUND_STORE_DAMAGED,
                "table '" + TABLE + "' of keyspace '" + keyspace + "' has 'ts' " + value + " and 'oldTs' " + old
                        + " (expected: 8 bytes in 'ts' alone, or 0x00 in 'ts' and 8 bytes in 'oldTs')",
                "Restore the table from a backup.");
    }

    /** Sets up the bound of a new namespace, 10000 as in AtlasDB; one that is there stays. The table must exist. */
    public void initialise() {
        if (read() instanceof Absent) {
            table.putUnlessExists(Cell.of(ROW, COLUMN), Bytes.ofLong(INITIAL));
        }
    }

    /**
     * Raises a bound that is in use, and never lowers it. A bound that was invalidated stays so, and one that is absent too: the
     * timestamps come from elsewhere.
     *
     * @return the state afterwards
     * @throws KeyValueStoreException as {@link #read}; {@link ErrorCode#BOUND_STORE_IN_USE} when somebody else changes it all the
     *     time
     */
    public State raise(long atLeast) {
        State state = read();
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            if (!(state instanceof Active active) || active.bound() >= atLeast) {
                return state;
            }
            if (table.compareAndSet(Cell.of(ROW, COLUMN), Bytes.ofLong(active.bound()), Bytes.ofLong(atLeast))) {
                return new Active(atLeast);
            }
            state = read();
        }
        throw changing(state);
    }

    /**
     * Makes a bound that is in use unusable for AtlasDB, as AtlasDB does it when a namespace moves to a TimeLock: one lightweight
     * transaction moves it to {@code oldTs}. An invalidated one stays as it is, and an absent one too. After an error it may be
     * invalidated or not, now or later.
     *
     * @return the state afterwards, which was read: {@link Invalidated} with what the bound was in the end, or {@link Absent}
     * @throws KeyValueStoreException as {@link #read}; {@link ErrorCode#BOUND_STORE_IN_USE} when somebody else changes it all the
     *     time; {@link ErrorCode#CLOCK_BEHIND} when the change was accepted and has no effect
     */
    public State invalidate() {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Map<Bytes, Bytes> values = table.row(ROW);
            if (!(state(values) instanceof Active active)) {
                return state(values);
            }
            boolean isMoved = keyspace.session()
                    .execute(keyspace.what("invalidate the bound in", TABLE), move(values))
                    .wasApplied();
            if (isMoved && read().equals(active)) {
                throw new KeyValueStoreException(
                        ErrorCode.CLOCK_BEHIND,
                        "the bound in table '" + TABLE + "' of keyspace '" + keyspace
                                + "' can't be changed: it was written at a time that the nodes' clocks have not reached",
                        "Set the clocks of the nodes right, or wait until they have passed that time, then try again.");
            }
        }
        throw changing(read());
    }

    private BoundStatement move(Map<Bytes, Bytes> values) {
        Bytes bound = values.get(COLUMN);
        Bytes old = values.get(OLD_COLUMN);
        String verb = "invalidate the bound in";
        BoundStatement move = old == null
                ? keyspace.prepare(verb, MOVE_TO_NEW_CELL, TABLE)
                        .bind(
                                INVALID.toBuffer(),
                                ROW.toBuffer(),
                                COLUMN.toBuffer(),
                                bound.toBuffer(),
                                ROW.toBuffer(),
                                OLD_COLUMN.toBuffer(),
                                bound.toBuffer())
                : keyspace.prepare(verb, MOVE_TO_CELL, TABLE)
                        .bind(
                                INVALID.toBuffer(),
                                ROW.toBuffer(),
                                COLUMN.toBuffer(),
                                bound.toBuffer(),
                                bound.toBuffer(),
                                ROW.toBuffer(),
                                OLD_COLUMN.toBuffer(),
                                old.toBuffer());
        return table.lightweight(move);
    }

    private KeyValueStoreException changing(State state) {
        return new KeyValueStoreException(
                ErrorCode.BOUND_STORE_IN_USE,
                "the bound in table '" + TABLE + "' of keyspace '" + keyspace + "' changes all the time: it is "
                        + state,
                "Stop the timestamp service of the namespace, then try again.");
    }

    private static boolean isBound(Bytes value) {
        return value != null && value.length() == Long.BYTES && value.toLong() >= 0;
    }

    /** What the table says. */
    public sealed interface State {}

    /** There is no bound: no timestamp service has used the table. */
    public record Absent() implements State {}

    /**
     * A timestamp service uses the table.
     *
     * @param bound timestamps up to it may have been issued
     */
    public record Active(long bound) implements State {}

    /**
     * The namespace has moved to a TimeLock.
     *
     * @param lastBound what the bound was until then
     */
    public record Invalidated(long lastBound) implements State {}
}
