package dev.tidemark.coordinator.simulation;

import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.SortedSet;

/** The oracle's process, which restarts, and loses its leases then, and can lose its disk. */
final class SimulatedOracle {
    static final Duration LEASE = Duration.ofSeconds(20);

    private final String place;
    private final Calls calls;
    private final SimulatedTime time;
    private InMemoryBoundStore bounds = new InMemoryBoundStore();
    private TimestampOracles oracles;
    private int starts;

    /** Creates an oracle whose calls are named {@code place.method}. */
    SimulatedOracle(String place, Calls calls, SimulatedTime time) {
        this.place = place;
        this.calls = calls;
        this.time = time;
        start();
    }

    private void start() {
        starts++;
        oracles = new TimestampOracles(
                bounds, new OracleSettings(LEASE, OracleLimits.MAX_FAST_FORWARD, 10), time.clock());
    }

    void restart() {
        bounds = bounds.reopened();
        start();
    }

    /** Loses the bounds; another oracle starts from nothing. */
    void lose() {
        bounds = new InMemoryBoundStore();
        start();
    }

    /** Returns how often an oracle was started: leases do not outlive it. */
    int starts() {
        return starts;
    }

    /** Tells whether a lease is alive, and prolongs it. */
    boolean isAlive(LeaseToken token) {
        return exists()
                && raw().currentFence().isEmpty()
                && raw().refresh(Set.of(token)).contains(token);
    }

    boolean exists() {
        return oracles.namespaces().contains(World.NAMESPACE);
    }

    /** Returns the oracle itself, which nothing stands in front of. */
    NamespaceOracle raw() {
        return oracles.get(World.NAMESPACE);
    }

    NamespaceOracle create() {
        return oracles.create(World.NAMESPACE);
    }

    /** Returns access for the processes: a request goes to the oracle that runs when it is sent. */
    TimestampClient client() {
        NamespaceOracle present = (NamespaceOracle) Proxy.newProxyInstance(
                NamespaceOracle.class.getClassLoader(),
                new Class<?>[] {NamespaceOracle.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("leaseDurationMillis")) {
                        return LEASE.toMillis();
                    }
                    try {
                        return method.invoke(raw(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        NamespaceOracle remote = calls.remote(NamespaceOracle.class, place, present);
        return new TimestampClient() {
            @Override
            @SuppressWarnings("unchecked")
            public SortedSet<String> namespaces() {
                return (SortedSet<String>) calls.call(place + ".namespaces", null, () -> oracles.namespaces());
            }

            @Override
            public NamespaceOracle namespace(String name) {
                oracles.get(name); // refuses one that is unknown
                return remote;
            }

            @Override
            public NamespaceOracle createNamespace(String name) {
                calls.call(place + ".createNamespace", null, () -> oracles.create(name));
                return remote;
            }

            @Override
            public NamespaceOracle createFencedNamespace(String name, String fenceId) {
                calls.call(place + ".createFencedNamespace", null, () -> oracles.createFenced(name, fenceId));
                return remote;
            }

            @Override
            public void close() {}
        };
    }
}
