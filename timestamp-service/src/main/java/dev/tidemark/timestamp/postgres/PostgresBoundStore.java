package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundErrors;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.bound.TimeIndexLevels;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds in a PostgreSQL database. Thread-safe.
 *
 * <p>Each change is one statement that names everything that it expects to find, in a transaction of its own at the level "read
 * committed": PostgreSQL looks again at a row for which it had to wait, so of two changes that expect the same state one finds
 * nothing to change. What was acknowledged is flushed, and with synchronous standbys there too.
 *
 * <p>What no statement can see is whether the server has forgotten: after the promotion of a standby that was behind, or the restore
 * of a backup. So each connection compares the server's timeline and system identifier with those that are stored beside the bounds,
 * and each answer is compared with what this process has seen before. When something has gone back, the store fails for good.
 *
 * <p>A call waits at most twice the timeout of the {@link PostgresServer}: for the connection, and for the answer. Renewals of the
 * leader have a connection of their own, and never wait for anything else.
 */
public final class PostgresBoundStore implements SharedBoundStore {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresBoundStore.class);
    private static final int MAX_CONNECTIONS = 4;

    private final NamespaceRows namespaces;
    private final LeaderRow leader;
    private final TimeIndexRows timeIndexes;
    private final KnownStates known;
    private final ConnectionPool connections;
    private final ConnectionPool renewals;

    /** How many points were added by this process to each time index since its points were counted. */
    private final ConcurrentMap<String, Integer> uncounted = new ConcurrentHashMap<>();

    private volatile boolean isClosed;

    /** Why the store can't be trusted any more, or null; set once. */
    private volatile TimestampException damage;

    private PostgresBoundStore(PostgresServer server, Tables tables, Connections opener) {
        this.namespaces = new NamespaceRows(tables);
        this.leader = new LeaderRow(tables);
        this.timeIndexes = new TimeIndexRows(tables);
        this.known = new KnownStates(server);
        this.connections = new ConnectionPool(server, opener::open, MAX_CONNECTIONS);
        this.renewals = new ConnectionPool(server, opener::open, 1);
    }

    /**
     * Opens the store in a schema of a database, and creates its tables if there are none.
     *
     * @param schema 1..63 of {@code a-z 0-9 _}, not beginning with a digit; created if needed
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION} when the server acknowledges what is not durable,
     *     {@link ErrorCode#ORACLE_UNAVAILABLE} when there is no connection to a primary, {@link ErrorCode#BOUND_STORE_DAMAGED} when
     *     tables are missing, or the server may have lost what was acknowledged
     */
    public static PostgresBoundStore open(PostgresServer server, String schema, FailoverPolicy policy) {
        Tables tables = new Tables(schema, server);
        Connections opener = new Connections(server, tables, policy);
        try {
            opener.openFirst().close();
        } catch (SQLException e) {
            throw PostgresErrors.translate(server, e);
        }
        return new PostgresBoundStore(server, tables, opener);
    }

    /** Checks the name of a schema, as {@link #open} does. */
    public static void checkSchema(String schema) {
        Tables.checkSchema(schema);
    }

    @Override
    public SortedSet<String> namespaces() {
        return guarded(() -> new TreeSet<>(connections.read(namespaces::names)));
    }

    @Override
    public BoundState create(String namespace, BoundState initial) {
        NamespaceName.check(namespace);
        return guarded(() -> {
            connections.change(connection -> {
                namespaces.create(connection, namespace, initial);
                return true;
            });
            return existing(namespace);
        });
    }

    @Override
    public BoundState read(String namespace) {
        return guarded(() -> existing(namespace));
    }

    private BoundState existing(String namespace) {
        Optional<BoundState> before = known.of(namespace);
        Optional<BoundState> found = connections.read(connection -> namespaces.read(connection, namespace));
        known.check(namespace, before, found);
        return found.orElseThrow(() -> BoundErrors.unknown(namespace, connections.read(namespaces::names)));
    }

    @Override
    public void compareAndSet(String namespace, BoundState expected, BoundState next) {
        BoundErrors.checkNotLowered(expected, next);
        guarded(() -> {
            if (connections.change(connection -> namespaces.replace(connection, namespace, expected, next))) {
                known.note(namespace, next);
                return true;
            }
            throw BoundErrors.changedByOther(namespace, expected, existing(namespace));
        });
    }

    @Override
    public Optional<LeaderRecord> leader() {
        return guarded(() -> {
            Optional<LeaderRecord> before = known.leader();
            Optional<LeaderRecord> found = connections.read(leader::read);
            known.checkLeader(before, found);
            return found;
        });
    }

    @Override
    public boolean replaceLeader(Optional<LeaderRecord> expected, LeaderRecord next) {
        return guarded(() -> {
            if (!renewals.change(connection -> leader.replace(connection, expected, next))) {
                return false;
            }
            known.noteLeader(next);
            return true;
        });
    }

    @Override
    public void addPoint(String namespace, IssuedPoint point) {
        guarded(() -> {
            if (!connections.change(connection -> timeIndexes.add(connection, namespace, point))) {
                BoundErrors.checkFollows(point, last(namespace));
                throw PostgresErrors.unavailable(
                        "point " + point + " was not added to the time index of namespace '" + namespace + "'",
                        "Nothing has to be done: the next point will be.",
                        null);
            }
            return true;
        });
        thinNowAndThen(namespace);
    }

    @Override
    public Optional<IssuedPoint> lastPoint(String namespace) {
        return guarded(() -> last(namespace));
    }

    private Optional<IssuedPoint> last(String namespace) {
        return connections
                .read(connection -> timeIndexes.end(connection, namespace))
                .orElseThrow(() -> BoundErrors.unknown(namespace, connections.read(namespaces::names)));
    }

    @Override
    public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        return guarded(() -> {
            List<IssuedPoint> points =
                    connections.read(connection -> timeIndexes.read(connection, namespace, afterTimestamp, maxPoints));
            if (points.isEmpty()) {
                last(namespace); // throws when there is no such namespace
            }
            return points;
        });
    }

    /** Counts the points after the first addition and then after every so many. A failure costs room, and is tried again. */
    private void thinNowAndThen(String namespace) {
        int added = uncounted.merge(namespace, 1, (count, one) -> count % TimeIndexLevels.SLACK_POINTS + one);
        if (added > 1) {
            return;
        }
        try {
            long points = connections.read(connection -> timeIndexes.count(connection, namespace));
            if (points > TimeIndexLevels.FINE_POINTS + TimeIndexLevels.SLACK_POINTS) {
                int removed = connections.change(connection -> timeIndexes.thin(connection, namespace));
                LOG.debug("time index of namespace '{}' thinned: {} of {} points removed", namespace, removed, points);
            }
        } catch (TimestampException e) {
            LOG.warn("time index of namespace '{}' could not be thinned and grows: {}", namespace, e.getMessage());
        }
    }

    @Override
    public void close() {
        isClosed = true;
        connections.close();
        renewals.close();
    }

    /** Lets nobody use a store that has been found to be damaged. */
    private <T> T guarded(Supplier<T> work) {
        if (isClosed) {
            throw BoundErrors.closed();
        }
        TimestampException found = damage;
        if (found != null) {
            throw new TimestampException(found.code(), found.getMessage(), found.hint(), found);
        }
        try {
            return work.get();
        } catch (TimestampException e) {
            if (e.code() == ErrorCode.BOUND_STORE_DAMAGED) {
                damage = e;
                LOG.error("{}", e.getMessage());
            }
            throw e;
        }
    }
}
