package dev.tidemark.timestamp.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.Delayer;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampClient;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Uses an oracle by HTTP: Tidemark's service, or a TimeLock, which it recognizes by the paths that it lacks. Leases are
 * refreshed by whoever took them, not by the client. Callers of one namespace share requests for timestamps, see
 * {@link dev.tidemark.timestamp.batch.TimestampBatches}.
 *
 * <p>The client remembers the greatest timestamp of each namespace and throws {@link ErrorCode#ORACLE_WENT_BACK} when a
 * later one is not above it. Thread-safe.
 */
public final class HttpTimestampClient implements TimestampClient {
    private final HttpTimestampClientSettings settings;
    private final MonotonicClock clock;
    private final Executor executor;
    private final HttpTransport transport;
    private final ConcurrentMap<String, OraclePaths> namespaces = new ConcurrentHashMap<>();

    /**
     * Creates a client.
     *
     * @param delayer passes the time between two attempts
     * @param clock measures the retry budget
     * @param random shortens the waits and names requests; must be thread-safe
     */
    public HttpTimestampClient(
            HttpTimestampClientSettings settings, Delayer delayer, MonotonicClock clock, RandomGenerator random) {
        this(settings, delayer, clock, random, new ClientThreads());
    }

    private HttpTimestampClient(
            HttpTimestampClientSettings settings,
            Delayer delayer,
            MonotonicClock clock,
            RandomGenerator random,
            Executor executor) {
        this.settings = settings;
        this.clock = clock;
        this.executor = executor;
        this.transport = new HttpTransport(settings, delayer, clock, random, executor);
    }

    /** Creates a client on the time of the running system. */
    public static HttpTimestampClient create(HttpTimestampClientSettings settings) {
        MonotonicClock clock = MonotonicClock.system();
        ClientThreads threads = new ClientThreads();
        return new HttpTimestampClient(
                settings,
                Delayer.system(threads),
                clock,
                () -> new SplittableRandom(clock.nanoTime()).nextLong(),
                threads);
    }

    @Override
    public SortedSet<String> namespaces() {
        Answer answer = transport.post("/tl/management/getNamespaces");
        JsonNode array = answer.json();
        if (!array.isArray()) {
            throw answer.unintelligible();
        }
        SortedSet<String> names = new TreeSet<>();
        array.forEach(name -> names.add(name.asText()));
        return names;
    }

    @Override
    public NamespaceOracle namespace(String name) {
        NamespaceName.check(name);
        SortedSet<String> existing = namespaces();
        if (!existing.contains(name)) {
            throw NamespaceName.unknown(name, existing);
        }
        OraclePaths paths =
                namespaces.computeIfAbsent(name, key -> new OraclePaths(transport, key, settings, clock, executor));
        Answer answer = transport.get(HttpNamespaceOracle.ownPath(name));
        if (answer.isUnknownPath()) {
            return new TimeLockNamespaceOracle(paths);
        }
        return new HttpNamespaceOracle(paths, answer.number("leaseDurationMillis"));
    }

    /** {@inheritDoc} A TimeLock creates it on its first timestamp. */
    @Override
    public NamespaceOracle createNamespace(String name) {
        return create(name, "");
    }

    /** {@inheritDoc} */
    @Override
    public NamespaceOracle createFencedNamespace(String name, String fenceId) {
        return create(name, "?fenceId=" + OracleLimits.checkFenceId(fenceId));
    }

    private NamespaceOracle create(String name, String query) {
        NamespaceName.check(name);
        Answer answer = transport.put(HttpNamespaceOracle.ownPath(name) + query, "");
        if (answer.isUnknownPath()) {
            transport.post("/" + name + "/timestamp/fresh-timestamp").requireSuccess();
        } else {
            answer.requireSuccess();
        }
        return namespace(name);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Oracles that this client has returned refuse from then on, and calls that wait fail. With a JDK before 21, connections and
     * threads end when the JVM next looks for what nobody uses.
     */
    @Override
    public void close() {
        transport.close();
        namespaces.values().forEach(OraclePaths::close);
    }
}
