package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.retry.RetryCounts;
import dev.tidemark.coordinator.archive.retry.RetrySeams;
import dev.tidemark.coordinator.archive.s3.S3ObjectStore;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.engine.Transfers;
import dev.tidemark.coordinator.namespace.NamespaceSetup;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.outbound.HostResolver;
import dev.tidemark.coordinator.runbook.RunbookSource;
import dev.tidemark.coordinator.status.LockWatch;
import dev.tidemark.coordinator.status.StatusReader;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.http.OracleStatusClient;
import dev.tidemark.timestamp.http.OracleTls;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.status.ServerAnswer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a configuration describes, each part opened when it is first asked for: a command that needs only the archive works
 * while the oracle is down, and the other way round. Closing it closes what was opened. Not thread-safe.
 */
public final class Wiring implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETRY_BUDGET = Duration.ofSeconds(15);

    private final TidemarkConfiguration configuration;
    private final UnaryOperator<String> environment;
    private final SecretReader secrets;
    private final EngineSeams seams;
    private final Decoration decoration;
    private final LazyTimestampClient oracle;
    private final Map<StoreConfiguration.Cassandra, CassandraStore> clusters = new HashMap<>();
    private final Map<String, ArchiveOpener> openers = new HashMap<>();
    private final Map<String, Archive> archives = new HashMap<>();
    private final String archiveName;

    /**
     * Creates a wiring; opens nothing.
     *
     * @param environment value of an environment variable, null when it is not set
     */
    public Wiring(TidemarkConfiguration configuration, UnaryOperator<String> environment, EngineSeams seams) {
        this(configuration, environment, seams, Decoration.NONE, TidemarkConfiguration.MAIN_ARCHIVE);
    }

    /**
     * Creates a wiring whose parts are decorated; opens nothing.
     *
     * @param environment value of an environment variable, null when it is not set
     * @param archiveName which of the configured archives is worked on
     */
    public Wiring(
            TidemarkConfiguration configuration,
            UnaryOperator<String> environment,
            EngineSeams seams,
            Decoration decoration,
            String archiveName) {
        this.configuration = configuration;
        this.environment = environment;
        this.secrets = new SecretReader(environment);
        this.seams = seams;
        this.decoration = decoration;
        this.archiveName = archiveName;
        this.oracle = new LazyTimestampClient(() -> decoration.openOracle(this::openOracle));
    }

    /** Creates the archive; see {@link Archive#create}. */
    public Archive createArchive() {
        Archive created = archiveOpener(archiveName).create();
        archives.put(archiveName, created);
        return created;
    }

    /** Returns the archive, opened with its key; see {@link Archive#open}. */
    public Archive archive() {
        return archive(archiveName);
    }

    /** Returns the name of the archive that is worked on. */
    public String archiveName() {
        return archiveName;
    }

    /**
     * Returns one of the configured archives, opened with its key.
     *
     * @param name {@link TidemarkConfiguration#MAIN_ARCHIVE} or one of the further ones
     * @throws dev.tidemark.coordinator.CoordinatorException {@code INVALID_CONFIGURATION} when there is none of this name, and as
     *     {@link Archive#open}
     */
    public Archive archive(String name) {
        Archive opened = archives.get(name);
        if (opened == null) {
            opened = archiveOpener(name).open();
            archives.put(name, opened);
        }
        return opened;
    }

    /**
     * Returns what takes backups over into one of the configured archives; opens it.
     *
     * @param name as in {@link #archive(String)}
     */
    public Transfers transfers(String name) {
        return new Transfers(
                archive(name),
                this::archive,
                configuration.operations().toOptions(),
                seams,
                namespace -> runbooks(name));
    }

    /**
     * Returns what reads how namespaces are; opens the archive.
     *
     * @param watch tells whether locks are renewed
     */
    public StatusReader statusReader(LockWatch watch) {
        Duration lease = configuration.operations().lockLease();
        return new StatusReader(archive(), records -> new Operations(records, lease, seams), lease, watch);
    }

    /**
     * Returns what reads how namespaces are, and gets their backups from somewhere else than their manifests; opens the archive.
     *
     * @param watch tells whether locks are renewed
     * @param backupsOf returns what the catalog would
     */
    public StatusReader statusReader(LockWatch watch, Function<NamespaceArchive, BackupList> backupsOf) {
        Duration lease = configuration.operations().lockLease();
        return new StatusReader(archive(), records -> new Operations(records, lease, seams), lease, watch, backupsOf);
    }

    /** Reads a secret; see {@link KeyReader#read}. */
    public ArchiveKey key(KeyConfiguration key) {
        return new KeyReader(secrets).read(key);
    }

    /** Returns what needs no secret of the archive; see {@link ArchiveOpener#openPublic}. */
    public PublicArchive publicArchive() {
        Archive opened = archives.get(archiveName);
        return opened == null ? archiveOpener(archiveName).openPublic() : opened.toPublic();
    }

    /** Tells whether {@link #archive()} can be opened: there is a secret, rather than the public key alone. */
    public boolean hasSecret() {
        return archiveOpener(archiveName).hasSecret();
    }

    /** Returns how often the stores of the archives were asked again because they had failed. */
    public RetryCounts archiveRetries() {
        return openers.values().stream().map(ArchiveOpener::retryCounts).reduce(RetryCounts.NONE, RetryCounts::plus);
    }

    /** Opens a folder of the archive's bucket; see {@link ArchiveOpener#openFolder}. */
    public S3ObjectStore archiveFolder(String folder) {
        return archiveOpener(archiveName).openFolder(folder);
    }

    /** Returns the way to the oracle; it is reached, or its directory is locked, when it is first asked for something. */
    public TimestampClient oracle() {
        return oracle;
    }

    /**
     * Returns the oracle if asking it keeps nobody else from it. One in a directory belongs to one process at a time: nobody opens it
     * only to look at it.
     */
    public Optional<TimestampClient> oracleToWatch() {
        return configuration.oracle() instanceof OracleConfiguration.Http || oracle.isOpen()
                ? Optional.of(oracle)
                : Optional.empty();
    }

    /** Returns the ways to the stores of a configured namespace by name; nothing is opened. */
    public Map<String, StoreConnector> connectors(String namespace) {
        Map<String, StoreConnector> connectors = new TreeMap<>();
        configuration
                .namespaces()
                .get(namespace)
                .stores()
                .forEach((name, store) -> connectors.put(name, decoration.connector(connector(store))));
        return connectors;
    }

    /**
     * Asks the agents of a configured namespace's stores how they are; stores without agents have none to ask.
     */
    public List<AgentReport> agents(String namespace) {
        List<AgentReport> reports = new ArrayList<>();
        new TreeMap<>(configuration.namespaces().get(namespace).stores()).forEach((name, store) -> {
            if (store instanceof StoreConfiguration.Cassandra cassandra) {
                reports.addAll(cluster(cassandra).reports(name));
            }
        });
        return reports;
    }

    /** Returns the engine over all configured namespaces; opens the archive. */
    public Coordinator coordinator() {
        Map<String, Map<String, StoreConnector>> namespaces = new TreeMap<>();
        configuration.namespaces().keySet().forEach(name -> namespaces.put(name, connectors(name)));
        return new Coordinator(
                archive(), oracle, namespaces, configuration.operations().toOptions(), seams, this::archive, setups());
    }

    private Map<String, NamespaceSetup> setups() {
        RunbookSource runbooks = runbooks(archiveName);
        HookFactory factory = new HookFactory(environment, seams, HostResolver.system());
        Map<String, NamespaceSetup> setups = new TreeMap<>();
        configuration
                .namespaces()
                .forEach((name, namespace) -> setups.put(
                        name, new NamespaceSetup(namespace.order(), factory.hooks(namespace.hooks()), runbooks)));
        return setups;
    }

    private RunbookSource runbooks(String name) {
        return configuration.operations().runbooks()
                ? new ConfiguredRunbooks(configuration, name, () -> archive(name))
                : RunbookSource.NONE;
    }

    @Override
    public void close() {
        clusters.values().forEach(CassandraStore::close);
        clusters.clear();
        openers.values().forEach(ArchiveOpener::close);
        oracle.close();
    }

    private ArchiveOpener archiveOpener(String name) {
        return openers.computeIfAbsent(name, this::newOpener);
    }

    private ArchiveOpener newOpener(String name) {
        return new ArchiveOpener(
                configuration.archive(name),
                environment,
                new ArchiveSeams(seams.clock(), seams.random(), seams.workers()),
                new RetrySeams(seams.monotonicClock(), seams.sleeper(), seams.random()),
                decoration::objectStore);
    }

    /**
     * Asks each server of the oracle how it is, one after the other and once. An oracle in a directory is opened for that, as nobody else
     * has it open then.
     */
    public List<ServerAnswer> askOracle() {
        if (configuration.oracle() instanceof OracleConfiguration.File file) {
            return List.of(FileTimestampClient.status(file.directory(), seams.monotonicClock()));
        }
        OracleConfiguration.Http http = (OracleConfiguration.Http) configuration.oracle();
        OracleStatusClient client = new OracleStatusClient(
                http.timeout(),
                token(http),
                http.tls() == null ? OracleTls.DEFAULT : http.tls().client(secrets));
        List<ServerAnswer> answers = new ArrayList<>();
        for (URI url : http.urls()) {
            URI endpoint = endpoint(url, http.basePath());
            try {
                answers.add(ServerAnswer.of(endpoint.toString(), client.ask(endpoint)));
            } catch (TimestampException e) {
                answers.add(ServerAnswer.failed(endpoint.toString(), e));
            }
        }
        return answers;
    }

    private String token(OracleConfiguration.Http http) {
        TokenConfiguration token = http.token();
        return token == null ? "" : secrets.line("token", token.file(), token.environment());
    }

    private TimestampClient openOracle() {
        if (configuration.oracle() instanceof OracleConfiguration.File file) {
            return FileTimestampClient.open(
                    file.directory(), new OracleSeams(seams.monotonicClock(), seams.clock(), seams.periodicTasks()));
        }
        OracleConfiguration.Http http = (OracleConfiguration.Http) configuration.oracle();
        HttpTimestampClientSettings settings = new HttpTimestampClientSettings(
                http.urls().stream().map(url -> endpoint(url, http.basePath())).toList(),
                CONNECT_TIMEOUT,
                http.timeout(),
                RETRY_BUDGET,
                token(http));
        return HttpTimestampClient.create(
                http.tls() == null ? settings : settings.withTls(http.tls().client(secrets)));
    }

    private static URI endpoint(URI url, String basePath) {
        String text = url.toString();
        return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + basePath);
    }

    private CassandraStore cluster(StoreConfiguration.Cassandra cassandra) {
        return clusters.computeIfAbsent(cassandra, key -> new CassandraStore(cassandra, environment, seams));
    }

    private StoreConnector connector(StoreConfiguration store) {
        if (store instanceof StoreConfiguration.Cassandra cassandra) {
            return cluster(cassandra).connector();
        }
        if (store instanceof StoreConfiguration.RocksDb rocksDb) {
            Path directory = rocksDb.directory();
            return RocksDbConnector.to(directory);
        }
        throw new IllegalStateException("store: " + store + " (expected: a known type)");
    }
}
