package dev.tidemark.timestamp.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.cql.CassandraPunch;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound.Active;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound.Invalidated;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound.State;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.TimeIndexLevels;
import dev.tidemark.timestamp.migration.ForeignBound;
import java.util.List;
import java.util.function.Supplier;

/**
 * The bound of an AtlasDB namespace that keeps its timestamps in Cassandra itself: row {@code ts} of table {@code _timestamp}. AtlasDB
 * takes a namespace whose bound was invalidated for one that has moved to a TimeLock, and refuses to start its own timestamp service.
 * The points are those of {@code _punch}. Besides what {@link ForeignBound} says, {@link #invalidate} throws
 * {@link ErrorCode#BOUND_STORE_IN_USE} when AtlasDB raises the bound all the time, and {@link ErrorCode#CLOCK_BEHIND} when the clocks of
 * the nodes are behind what they hold.
 */
public final class CassandraForeignBound implements ForeignBound {
    private final CassandraSession session;
    private final String keyspace;
    private final String where;
    private final CassandraTimestampBound bound;
    private final CassandraPunch punches;

    private CassandraForeignBound(CassandraSession session, CqlSettings cql, String keyspace) {
        this.session = session;
        this.keyspace = keyspace;
        this.where = "table '" + CassandraTimestampBound.TABLE + "' of keyspace '" + keyspace + "' in Cassandra at "
                + cql.contactPoints().stream()
                        .map(point -> point.getHostString() + ":" + point.getPort())
                        .sorted()
                        .toList();
        this.bound = new CassandraTimestampBound(session, keyspace);
        this.punches = new CassandraPunch(session, keyspace);
    }

    /**
     * Connects to the cluster.
     *
     * @param keyspace AtlasDB's, which is that of the namespace
     * @throws TimestampException {@link ErrorCode#ORACLE_UNAVAILABLE} when nobody answers; {@link ErrorCode#UNAUTHORIZED},
     *     {@link ErrorCode#INVALID_CONFIGURATION} when the settings are wrong
     */
    public static CassandraForeignBound open(CqlSettings cql, String keyspace, Sleeper sleeper) {
        return translating(() -> {
            CassandraSession session = CassandraSession.openForSingleAttempts(cql, sleeper);
            try {
                return new CassandraForeignBound(session, cql, keyspace);
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        });
    }

    @Override
    public String where() {
        return where;
    }

    @Override
    public boolean isInvalidated() {
        return present(bound::read) instanceof Invalidated;
    }

    @Override
    public long read() {
        return limit(present(bound::read));
    }

    @Override
    public long invalidate() {
        return limit(present(bound::invalidate));
    }

    /**
     * Those of the punches that do not contradict each other, as many of them as a time index keeps; empty when AtlasDB has no such
     * table.
     */
    @Override
    public List<IssuedPoint> points() {
        return translating(() -> {
            List<CassandraPunch.Punch> found;
            try {
                found = punches.all();
            } catch (KeyValueStoreException e) {
                if (e.code() == ErrorCode.UNKNOWN_TABLE) {
                    return List.of();
                }
                throw e;
            }
            return TimeIndexLevels.thin(PunchedPoints.of(found, read()));
        });
    }

    @Override
    public void close() {
        session.close();
    }

    private static long limit(State state) {
        return state instanceof Active active ? active.bound() : ((Invalidated) state).lastBound();
    }

    /** Returns a state with a bound. */
    private State present(Supplier<State> reading) {
        State state = translating(reading);
        if (state instanceof CassandraTimestampBound.Absent) {
            throw new TimestampException(
                    ErrorCode.UNKNOWN_TABLE,
                    "table '" + CassandraTimestampBound.TABLE + "' of keyspace '" + keyspace
                            + "' has no bound (expected: row 'ts'): no timestamp service of AtlasDB has used it",
                    "Check the name of the keyspace; a namespace that has always had a TimeLock is taken over from there.");
        }
        return state;
    }

    private static <T> T translating(Supplier<T> call) {
        try {
            return call.get();
        } catch (KeyValueStoreException e) {
            throw CassandraFailures.atStart(e);
        }
    }
}
