package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The oracles of all namespaces of this process, over one bound store, which they own. A namespace's bound is read when it
 * is used for the first time. Thread-safe.
 */
public final class TimestampOracles implements OracleHost {
    private static final Logger LOG = LoggerFactory.getLogger(TimestampOracles.class);
    private static final int MAX_ATTEMPTS = 10;

    private final BoundStore store;
    private final OracleSettings settings;
    private final MonotonicClock clock;
    private final TimeIndexing timeIndexing;
    private final Authority authority;
    private final ConcurrentMap<String, TimestampOracle> oracles = new ConcurrentHashMap<>();

    /** Why nothing is answered any more, or null. */
    private TimestampException ended;

    /** Creates the oracles over a store that is open and is not used by anybody else. */
    public TimestampOracles(BoundStore store, OracleSettings settings, OracleSeams seams) {
        this(store, settings, seams, Authority.SOLE);
    }

    /**
     * Creates the oracles of a process that leads, over a store that others have open, too.
     *
     * @param authority whether it does; it writes its epoch into the state of each namespace before it issues from it
     */
    public TimestampOracles(BoundStore store, OracleSettings settings, OracleSeams seams, Authority authority) {
        this(
                store,
                settings,
                seams.monotonicClock(),
                new PeriodicTimeIndexing(seams.clock(), seams.periodicTasks(), settings.timeIndexInterval()),
                authority);
    }

    /**
     * Creates oracles that add nothing to their time indexes, over a store that is open and is not used by anybody else: for
     * scratch targets, and where there is no wall clock.
     */
    public TimestampOracles(BoundStore store, OracleSettings settings, MonotonicClock clock) {
        this(store, settings, clock, TimeIndexing.NONE, Authority.SOLE);
    }

    private TimestampOracles(
            BoundStore store,
            OracleSettings settings,
            MonotonicClock clock,
            TimeIndexing timeIndexing,
            Authority authority) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.timeIndexing = timeIndexing;
        this.authority = authority;
    }

    /** Returns this object: no other process can lead. */
    @Override
    public TimestampOracles oracles() {
        return this;
    }

    @Override
    public Optional<String> leaderAddress() {
        return Optional.empty();
    }

    @Override
    public LeadershipView leadership() {
        return LeadershipView.sole();
    }

    @Override
    public List<NamespaceView> views(int maxLeases) {
        return oracles.values().stream()
                .map(oracle -> oracle.view(maxLeases))
                .sorted(Comparator.comparing(NamespaceView::namespace))
                .toList();
    }

    @Override
    public void release() {
        throw new TimestampException(
                ErrorCode.NOT_ALLOWED_NOW,
                "leadership can't be handed over: no other server can have this store open",
                "Stop this server to start another one on its data directory.");
    }

    @Override
    public SortedMap<String, IssuedPoint> lastPoints() {
        SortedMap<String, IssuedPoint> points = new TreeMap<>();
        oracles.forEach((name, oracle) -> oracle.lastPoint().ifPresent(point -> points.put(name, point)));
        return points;
    }

    /** Returns the durable state of a namespace, which need not be open. */
    public BoundState state(String name) {
        BoundState state = store.read(name);
        authority.check();
        return state;
    }

    /** Returns the namespaces that exist. */
    public SortedSet<String> namespaces() {
        SortedSet<String> names = store.namespaces();
        authority.check();
        return names;
    }

    /**
     * Returns the oracle of a namespace that exists.
     *
     * @throws TimestampException {@link ErrorCode#UNKNOWN_NAMESPACE} with the nearest name as hint,
     *     {@link ErrorCode#INVALID_INPUT} when no namespace can have this name, and what {@link BoundStore#read} throws
     */
    public TimestampOracle get(String name) {
        TimestampOracle oracle = oracles.get(NamespaceName.check(name));
        return oracle != null ? oracle : open(name);
    }

    /**
     * Returns the oracle of a namespace and creates the namespace if needed.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_INPUT} when no namespace can have this name,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when there are as many namespaces as there can be
     */
    public TimestampOracle create(String name) {
        return create(name, BoundState.INITIAL);
    }

    /**
     * As {@link #create}, but a namespace that comes into being is fenced from its first moment.
     *
     * @throws TimestampException also {@link ErrorCode#INVALID_INPUT} when no fence can have this id
     */
    public TimestampOracle createFenced(String name, String fenceId) {
        return create(name, BoundState.INITIAL.withFenceId(OracleLimits.checkFenceId(fenceId)));
    }

    private synchronized TimestampOracle create(String name, BoundState initial) {
        checkOpen();
        NamespaceName.check(name);
        SortedSet<String> existing = store.namespaces();
        if (!existing.contains(name)) {
            if (existing.size() >= settings.maxNamespaces()) {
                throw new TimestampException(
                        ErrorCode.NOT_ALLOWED_NOW,
                        "cannot create namespace '" + name + "': there are " + existing.size()
                                + " namespaces, which is the limit",
                        "Raise maxNamespaces in the configuration of the timestamp service.");
            }
            store.create(name, initial);
            LOG.info(
                    "namespace '{}' created{}",
                    name,
                    initial.fence().map(id -> ", fenced by '" + id + "'").orElse(""));
        }
        return get(name);
    }

    /** Tells whether a namespace exists and was used since the start. */
    public boolean isOpen(String name) {
        return oracles.containsKey(name);
    }

    /** Returns the oracle of a namespace that was used since the start; reads nothing. */
    public Optional<TimestampOracle> opened(String name) {
        return Optional.ofNullable(oracles.get(name));
    }

    /** Returns the namespaces whose oracles are open: they were created or used since the start. */
    public SortedSet<String> activeNamespaces() {
        SortedSet<String> names = new TreeSet<>(oracles.keySet());
        authority.check();
        return names;
    }

    /** Returns the settings. */
    public OracleSettings settings() {
        return settings;
    }

    /**
     * Throws the reason when a namespace has stopped issuing for good; for health checks.
     *
     * @throws TimestampException the first such reason
     */
    @Override
    public void checkHealth() {
        store.namespaces();
        oracles.values().forEach(TimestampOracle::checkHealth);
    }

    /** Completes the time indexes, stops issuing, ends all leases and gives the store up for others. */
    @Override
    public synchronized void close() {
        timeIndexing.close();
        end(closed());
        store.close();
    }

    /** Completes the time indexes, stops issuing and ends all leases; the store stays open. */
    public synchronized void standDown(TimestampException reason) {
        timeIndexing.close();
        end(reason);
    }

    /** Stops issuing and ends all leases; writes nothing more. The first reason stays. */
    public synchronized void end(TimestampException reason) {
        if (ended == null) {
            ended = reason;
        }
        oracles.values().forEach(oracle -> oracle.stop(reason));
        timeIndexing.close();
    }

    private synchronized TimestampOracle open(String name) {
        checkOpen();
        TimestampOracle present = oracles.get(name);
        if (present != null) {
            return present;
        }
        BoundState state = takeOver(name);
        TimestampOracle oracle = new TimestampOracle(name, store, settings, clock, authority, state);
        oracles.put(name, oracle);
        timeIndexing.follow(oracle);
        LOG.info(
                "namespace '{}' opened at bound {}{}",
                name,
                state.bound(),
                state.fence().map(id -> ", fenced by '" + id + "'").orElse(""));
        return oracle;
    }

    /** Reads the state, and keeps out whoever led before: what is still on its way from there expects another epoch. */
    private BoundState takeOver(String name) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            BoundState state = store.read(name);
            if (state.epoch() == authority.epoch() || authority.epoch() == Authority.NO_EPOCH) {
                return state;
            }
            if (state.epoch() > authority.epoch()) {
                throw new TimestampException(
                        ErrorCode.NOT_LEADER,
                        "namespace '" + name + "' was taken over in epoch " + state.epoch() + " (expected: at most "
                                + authority.epoch() + ")",
                        "Send the request to the server that leads.");
            }
            BoundState own = state.withEpoch(authority.epoch());
            try {
                store.compareAndSet(name, state, own);
                return own;
            } catch (TimestampException e) {
                if (e.code() != ErrorCode.BOUND_STORE_IN_USE) {
                    throw e;
                }
                // the last change of the leader before, which was still on its way
            }
        }
        throw new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "namespace '" + name + "' was changed by others " + MAX_ATTEMPTS + " times while it was opened",
                "Send the request again; if this goes on, find out who else writes the bound store.");
    }

    private void checkOpen() {
        if (ended != null) {
            throw new TimestampException(ended.code(), ended.getMessage(), ended.hint(), ended);
        }
    }

    private static TimestampException closed() {
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "timestamp oracle is closed",
                "Send the request again when the oracle is up.");
    }
}
