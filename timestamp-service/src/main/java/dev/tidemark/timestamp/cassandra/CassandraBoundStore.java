package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundErrors;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.bound.TimeIndexLevels;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Bounds in a keyspace of a Cassandra cluster, whose tables the package describes. Needs Cassandra 3.11.10 or later, and a quorum of the
 * replicas for everything.
 *
 * <p>Whoever finds that a state, a record or a name went back or vanished answers nothing any more until it is restarted: what was
 * acknowledged is gone, and nobody knows what else is.
 */
public final class CassandraBoundStore implements SharedBoundStore {
    private final Runnable closing;
    private final NamespaceTable namespaces;
    private final BoundTable bounds;
    private final LeaderTable leader;
    private final CassandraTimeIndex timeIndex;
    private volatile boolean isClosed;

    /** Why nothing is answered any more, or null. */
    private volatile TimestampException damage;

    /**
     * Creates the store over a connection.
     *
     * @param closing ends what has to be ended with this object
     */
    CassandraBoundStore(CassandraSession session, CassandraBoundSettings settings, Runnable closing) {
        this.closing = closing;
        BoundStatements statements = new BoundStatements(session, settings);
        this.namespaces = new NamespaceTable(statements);
        this.bounds = new BoundTable(statements, newWriter(session));
        this.leader = new LeaderTable(statements);
        this.timeIndex = new CassandraTimeIndex(statements, TimeIndexLevels::thin, TimeIndexLevels.SLACK_POINTS);
    }

    /**
     * Opens the store; creates tables that are missing, and the keyspace if the settings say how.
     *
     * @param sleeper waits while the nodes get to know of new tables
     * @throws TimestampException also {@link ErrorCode#INVALID_CONFIGURATION} when the keyspace is missing or can't be relied on, or
     *     there is no such data center; {@link ErrorCode#UNAUTHORIZED} when the cluster does not know the credentials
     */
    public static CassandraBoundStore open(CassandraBoundSettings settings, Sleeper sleeper) {
        try {
            CassandraSession session = CassandraSession.openForSingleAttempts(settings.cql(), sleeper);
            try {
                BoundSchema schema = new BoundSchema(session, settings);
                schema.prepare(sleeper);
                schema.agreeOnFormat(new BoundStatements(session, settings));
                return new CassandraBoundStore(session, settings, session::close);
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (KeyValueStoreException e) {
            throw CassandraFailures.atStart(e);
        }
    }

    /** The cluster makes the name: it knows that no two are alike. */
    private static UUID newWriter(CassandraSession session) {
        return session.execute(
                        "get a name for this server",
                        SimpleStatement.newInstance("SELECT now() AS name FROM system.local"))
                .one()
                .getUuid("name");
    }

    @Override
    public SortedSet<String> namespaces() {
        return trusting(namespaces::all);
    }

    @Override
    public BoundState create(String namespace, BoundState initial) {
        return trusting(() -> {
            NamespaceName.check(namespace);
            if (!namespaces.contains(namespace)) {
                bounds.insert(namespace, initial);
                namespaces.add(namespace);
            }
            return existing(namespace);
        });
    }

    @Override
    public BoundState read(String namespace) {
        return trusting(() -> {
            requireExists(namespace);
            return existing(namespace);
        });
    }

    @Override
    public void compareAndSet(String namespace, BoundState expected, BoundState next) {
        BoundErrors.checkNotLowered(expected, next);
        trusting(() -> {
            requireExists(namespace);
            if (!bounds.compareAndSet(namespace, expected, next)) {
                throw gone(namespace);
            }
            return null;
        });
    }

    @Override
    public void addPoint(String namespace, IssuedPoint point) {
        trusting(() -> {
            requireExists(namespace);
            timeIndex.add(namespace, point);
            return null;
        });
    }

    @Override
    public Optional<IssuedPoint> lastPoint(String namespace) {
        return trusting(() -> {
            requireExists(namespace);
            return timeIndex.last(namespace);
        });
    }

    @Override
    public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        return trusting(() -> {
            requireExists(namespace);
            return timeIndex.read(namespace, afterTimestamp, maxPoints);
        });
    }

    @Override
    public Optional<LeaderRecord> leader() {
        return trusting(leader::read);
    }

    @Override
    public boolean replaceLeader(Optional<LeaderRecord> expected, LeaderRecord next) {
        return trusting(() -> leader.replace(expected, next));
    }

    @Override
    public void close() {
        isClosed = true;
        closing.run();
    }

    private void requireExists(String namespace) {
        if (!NamespaceName.isValid(namespace) || !namespaces.contains(namespace)) {
            throw BoundErrors.unknown(namespace, namespaces.all());
        }
    }

    private BoundState existing(String namespace) {
        return bounds.read(namespace).orElseThrow(() -> gone(namespace));
    }

    private static TimestampException gone(String namespace) {
        return BoundDamage.wentBack(
                "the bound of namespace '" + namespace + "' in Cassandra", "missing", "written with its name");
    }

    /** Calls unless the store has been found damaged, and remembers when it is. */
    private <T> T trusting(Supplier<T> call) {
        if (isClosed) {
            throw BoundErrors.closed();
        }
        TimestampException reason = damage;
        if (reason != null) {
            throw new TimestampException(reason.code(), reason.getMessage(), reason.hint(), reason);
        }
        try {
            return call.get();
        } catch (TimestampException e) {
            if (e.code() == ErrorCode.BOUND_STORE_DAMAGED) {
                damage = e;
            }
            throw e;
        }
    }
}
