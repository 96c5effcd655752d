package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.OptionsMap;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.token.Token;
import com.datastax.oss.driver.api.core.ssl.ProgrammaticSslEngineFactory;
import com.datastax.oss.driver.internal.core.context.InternalDriverContext;
import com.datastax.oss.driver.internal.core.metadata.token.DefaultReplicationStrategyFactory;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A connection to a Cassandra cluster, for any number of keyspaces. Reads no configuration files. Thread-safe; closing it ends
 * what is under way with errors.
 */
public final class CassandraSession implements AutoCloseable {
    /** Nodes of each other data center that may be asked when no local one is left; what matters is that their state is known. */
    private static final int MAX_REMOTE_NODES = 1_000;

    /** What it takes to connect, to be authenticated and to read the schema, however short requests may be. */
    private static final Duration MIN_SETUP_TIMEOUT = Duration.ofSeconds(5);

    private final CqlSession driver;
    private final CqlSettings settings;
    private final Retries retries;
    private final Map<String, PreparedStatement> prepared = new ConcurrentHashMap<>();

    private volatile ClusterFacts facts;

    private CassandraSession(CqlSession driver, CqlSettings settings, Retries retries) {
        this.driver = driver;
        this.settings = settings;
        this.retries = retries;
    }

    /**
     * Connects to the cluster.
     *
     * @param sleeper waits before a request is sent again
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when no contact point answers,
     *     {@link ErrorCode#UNAUTHORIZED} when the cluster does not know the credentials,
     *     {@link ErrorCode#INVALID_CONFIGURATION} when there is no such data center or a key file can't be used
     */
    public static CassandraSession open(CqlSettings settings, Sleeper sleeper) {
        return open(settings, options(settings), sleeper);
    }

    /**
     * Connects as {@link #open} does, for statements of which it matters how often they are executed: the driver sends none of them
     * again, whatever comes back or does not, and leaves a node that has been silent for three times as long as a request may take.
     *
     * @throws KeyValueStoreException as {@link #open}
     */
    public static CassandraSession openForSingleAttempts(CqlSettings settings, Sleeper sleeper) {
        return open(settings, singleAttemptOptions(settings), sleeper);
    }

    static OptionsMap singleAttemptOptions(CqlSettings settings) {
        OptionsMap options = options(settings);
        options.put(TypedDriverOption.RETRY_POLICY_CLASS, SingleAttempt.class.getName());
        // A heartbeat has to be answered, within the timeout of requests, before the next one is sent.
        options.put(
                TypedDriverOption.HEARTBEAT_INTERVAL,
                settings.requestTimeout().multipliedBy(3).dividedBy(2));
        options.put(TypedDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(2));
        if (settings.requestTimeout().compareTo(MIN_SETUP_TIMEOUT) < 0) {
            options.put(TypedDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, MIN_SETUP_TIMEOUT);
            options.put(TypedDriverOption.CONTROL_CONNECTION_TIMEOUT, MIN_SETUP_TIMEOUT);
            options.put(TypedDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, MIN_SETUP_TIMEOUT);
        }
        return options;
    }

    private static CassandraSession open(CqlSettings settings, OptionsMap options, Sleeper sleeper) {
        CqlSessionBuilder builder = CqlSession.builder()
                .withConfigLoader(DriverConfigLoader.fromMap(options))
                .withApplicationName(ConnectedClients.TIDEMARK)
                .withLocalDatacenter(settings.localDatacenter())
                .addContactPoints(settings.contactPoints());
        if (settings.credentials() != null) {
            builder.withAuthCredentials(
                    settings.credentials().user(), settings.credentials().password());
        }
        if (settings.tls() != null) {
            builder.withSslEngineFactory(new ProgrammaticSslEngineFactory(TlsContext.load(settings.tls()), null, true));
        }
        CqlSession driver;
        try {
            driver = builder.build();
        } catch (RuntimeException e) {
            throw DriverErrors.translate("connect to the cluster at " + settings.contactPoints(), e);
        }
        try {
            requireDatacenter(driver.getMetadata(), settings.localDatacenter());
            return new CassandraSession(driver, settings, new Retries(sleeper));
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
    }

    private static OptionsMap options(CqlSettings settings) {
        Duration timeout = settings.requestTimeout();
        OptionsMap options = OptionsMap.driverDefaults();
        options.put(TypedDriverOption.REQUEST_TIMEOUT, timeout);
        options.put(TypedDriverOption.REQUEST_PAGE_SIZE, settings.pageSize());
        options.put(TypedDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, timeout);
        options.put(TypedDriverOption.CONTROL_CONNECTION_TIMEOUT, timeout);
        options.put(TypedDriverOption.HEARTBEAT_TIMEOUT, timeout);
        options.put(TypedDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, timeout);
        options.put(TypedDriverOption.REPREPARE_TIMEOUT, timeout);
        options.put(TypedDriverOption.CONTROL_CONNECTION_AGREEMENT_TIMEOUT, timeout);
        // Whoever creates a table waits for the schema to be read again.
        options.put(TypedDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(10));
        options.put(TypedDriverOption.LOAD_BALANCING_DC_FAILOVER_MAX_NODES_PER_REMOTE_DC, MAX_REMOTE_NODES);
        options.put(TypedDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(10));
        // Write timestamps are given in the statements, or chosen by Paxos.
        options.put(TypedDriverOption.TIMESTAMP_GENERATOR_CLASS, "ServerSideTimestampGenerator");
        options.put(TypedDriverOption.METRICS_FACTORY_CLASS, "NoopMetricsFactory");
        options.put(TypedDriverOption.MONITOR_REPORTING_ENABLED, false);
        // The cluster warns of every page with many deletions in it: one line for each, of which nobody can do
        // anything.
        options.put(TypedDriverOption.REQUEST_LOG_WARNINGS, false);
        // A node that is down is in the errors of what needs it.
        options.put(TypedDriverOption.CONNECTION_WARN_INIT_ERROR, false);
        options.put(TypedDriverOption.SESSION_LEAK_THRESHOLD, 0);
        options.put(TypedDriverOption.NETTY_DAEMON, true);
        options.put(TypedDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0);
        options.put(TypedDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0);
        return options;
    }

    /** The driver takes any name, and then finds no node to ask. */
    private static void requireDatacenter(Metadata metadata, String name) {
        TreeSet<String> known = metadata.getNodes().values().stream()
                .map(Node::getDatacenter)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!known.contains(name)) {
            throw new KeyValueStoreException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the cluster has no data center '" + name + "' (expected: one of " + known + ")",
                    "Correct the local data center.");
        }
    }

    /** Ends the connection; closing twice does nothing. */
    @Override
    public void close() {
        driver.close();
    }

    CqlSettings settings() {
        return settings;
    }

    Retries retries() {
        return retries;
    }

    Metadata metadata() {
        return driver.getMetadata();
    }

    /** Returns what the cluster is. */
    ClusterFacts facts() {
        ClusterFacts known = facts;
        if (known == null) {
            known = ClusterFacts.of(execute("read what the cluster is", SimpleStatement.newInstance(ClusterFacts.QUERY))
                    .one());
            facts = known;
        }
        return known;
    }

    /** Returns the nodes that hold a copy of the range that ends with a token, by this token. */
    Map<Token, Set<Node>> replicas(Map<String, String> replication, Map<Token, Node> primaries, List<Token> ring) {
        return new DefaultReplicationStrategyFactory((InternalDriverContext) driver.getContext())
                .newInstance(replication)
                .computeReplicasByToken(primaries, ring);
    }

    /** Tells whether all nodes that are up have the same schema, and waits a while for it. */
    public boolean isSchemaAgreed() {
        return new SchemaAgreement(this).await();
    }

    /** Reads the schema again, for changes that another session has just made. */
    Metadata refreshedMetadata() {
        try {
            return driver.refreshSchema();
        } catch (RuntimeException e) {
            throw DriverErrors.translate("read the schema", e);
        }
    }

    /**
     * Executes a statement and returns when there is an answer.
     *
     * @param what what the statement does, for errors
     * @throws KeyValueStoreException what the driver and the cluster say, in Tidemark's words; whether the statement was executed is
     *     not known then
     */
    public ResultSet execute(String what, Statement<?> statement) {
        try {
            return driver.execute(statement);
        } catch (RuntimeException e) {
            throw DriverErrors.translate(what, e);
        }
    }

    /**
     * Changes the schema and returns when every node that is up has it, and this session knows it.
     *
     * @param what what the statement does, for errors
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when a node does not get to know it
     */
    public void change(String what, String cql) {
        execute(what, SimpleStatement.newInstance(cql));
        if (!isSchemaAgreed()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "can't " + what + ": not every node knows of it",
                    "Check that all nodes are up and reach each other, then try again.");
        }
        refreshedMetadata();
    }

    /**
     * Executes a query and returns all rows of the answer, which must be few. Asks again for some seconds: a node that has just died
     * is still taken for alive by the others.
     *
     * @param what what the query does, for errors
     */
    List<Row> all(String what, Statement<?> query) {
        for (int attempt = 1; ; attempt++) {
            try {
                return driver.execute(query).all();
            } catch (RuntimeException e) {
                retries.pauseOrThrow(attempt, DriverErrors.translate(what, e));
            }
        }
    }

    /** Executes a statement; errors come as the driver's. */
    CompletionStage<AsyncResultSet> executeAsync(Statement<?> statement) {
        return driver.executeAsync(statement);
    }

    /**
     * Prepares a statement, once for each text.
     *
     * @param what what the statement does, for errors
     * @throws KeyValueStoreException as {@link #execute}; nothing was executed
     */
    public PreparedStatement prepare(String what, String cql) {
        PreparedStatement known = prepared.get(cql);
        if (known != null) {
            return known;
        }
        try {
            PreparedStatement statement = driver.prepare(cql);
            prepared.putIfAbsent(cql, statement);
            return statement;
        } catch (RuntimeException e) {
            throw DriverErrors.translate(what, e);
        }
    }
}
