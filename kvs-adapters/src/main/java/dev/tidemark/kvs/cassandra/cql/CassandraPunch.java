package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transactiontable.VarLong;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * AtlasDB's {@code _punch} table: about once a minute while transactions commit, a client writes the wall-clock time and a
 * timestamp that was issued just before. It is the only relation between the two, and as exact as the clients' clocks.
 *
 * <p>Format (AtlasDB's {@code KeyValueServicePuncherStore}): row = the milliseconds since 1970 as {@link VarLong} with all bits
 * flipped, so that the newest comes first; column {@code t}; version = the timestamp; value = the timestamp as
 * {@link VarLong}. On an ordered ring a question reads what is newer than its answer and no more, on another one the whole table.
 * Thread-safe.
 */
public final class CassandraPunch {
    /** The table. */
    public static final TableName TABLE = TableName.of("_punch");

    private final Keyspace keyspace;

    /**
     * Creates access to the table of a keyspace.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when Cassandra has no keyspaces of this name
     */
    public CassandraPunch(CassandraSession session, String keyspace) {
        this.keyspace = new Keyspace(session, keyspace);
    }

    /**
     * Returns the newest punch at or before an instant: what had committed by then has committed below a timestamp near to its one.
     *
     * @return empty when there is none
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TABLE} when there is no table; {@link ErrorCode#STORE_DAMAGED} when
     *     a row can't be read
     */
    public Optional<Punch> atOrBefore(Instant instant) {
        long millis = instant.toEpochMilli();
        if (millis < 0) {
            return Optional.empty();
        }
        return newest(flip(VarLong.encode(millis)), punch -> !punch.instant().isAfter(instant));
    }

    /**
     * Returns the newest punch whose timestamp is at or below the given one: the latest known time at which the timestamp had not
     * been issued, or just had.
     *
     * @return empty when there is none
     * @throws KeyValueStoreException as {@link #atOrBefore}
     */
    public Optional<Punch> atOrBelow(long timestamp) {
        return newest(Bytes.EMPTY, punch -> punch.timestamp() <= timestamp);
    }

    /**
     * Returns all punches, ordered; about half a million for each year.
     *
     * @throws KeyValueStoreException as {@link #atOrBefore}
     */
    public List<Punch> all() {
        TableScans scans = new TableScans(keyspace, TABLE, ConsistencyLevel.LOCAL_QUORUM);
        List<BoundStatement> queries = isOrdered() ? scans.ofRange(CellRange.all()) : List.of(scans.ofRing(0, 1));
        List<Punch> punches = new ArrayList<>();
        try (PagedRows rows = new PagedRows(keyspace.session(), scans.what(), queries.iterator())) {
            while (rows.hasNext()) {
                CellVersion version = TableScans.version(rows.next());
                if (version != null) {
                    punches.add(decode(version));
                }
            }
        }
        Collections.sort(punches);
        return punches;
    }

    private boolean isOrdered() {
        return keyspace.session().facts().partitioner() == Partitioner.ORDERED;
    }

    private Optional<Punch> newest(Bytes firstRow, Predicate<Punch> isWanted) {
        boolean isOrdered = isOrdered();
        TableScans scans = new TableScans(keyspace, TABLE, ConsistencyLevel.LOCAL_QUORUM);
        List<BoundStatement> queries =
                isOrdered ? scans.ofRange(CellRange.rows(firstRow, null)) : List.of(scans.ofRing(0, 1));
        Punch newest = null;
        try (PagedRows rows = new PagedRows(keyspace.session(), scans.what(), queries.iterator())) {
            while (rows.hasNext()) {
                CellVersion version = TableScans.version(rows.next());
                Punch punch = version == null ? null : decode(version);
                if (punch != null && isWanted.test(punch) && (newest == null || newest.compareTo(punch) < 0)) {
                    newest = punch;
                }
                if (isOrdered && newest != null) {
                    break;
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    private static Punch decode(CellVersion version) {
        long millis = VarLong.decode(flip(version.cell().row()));
        long timestamp = VarLong.decode(version.value());
        if (millis < 0 || timestamp < 0) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "table '" + TABLE + "' has " + timestamp + " at " + millis + " ms since 1970 (expected: both >= 0)",
                    "Check that the keyspace is that of an AtlasDB namespace.");
        }
        return new Punch(Instant.ofEpochMilli(millis), timestamp);
    }

    private static Bytes flip(Bytes bytes) {
        byte[] flipped = bytes.toArray();
        for (int i = 0; i < flipped.length; i++) {
            flipped[i] = (byte) ~flipped[i];
        }
        return Bytes.wrap(flipped);
    }

    /**
     * A time and a timestamp that belong together. Ordered by time, then by timestamp.
     *
     * @param instant by a client's clock
     * @param timestamp issued shortly before
     */
    public record Punch(Instant instant, long timestamp) implements Comparable<Punch> {
        /** Checks that there is an instant. */
        public Punch {
            Objects.requireNonNull(instant, "instant");
        }

        @Override
        public int compareTo(Punch other) {
            int byInstant = instant.compareTo(other.instant);
            return byInstant != 0 ? byInstant : Long.compare(timestamp, other.timestamp);
        }
    }
}
