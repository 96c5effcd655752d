package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.file.Path;
import java.util.Map;

/** A whole installation in one directory: oracle, archive and the engine over stores. */
final class ArchiveInstallation implements AutoCloseable {
    static final String NAMESPACE = "bench";

    private static final int KEY_BYTES = 32;

    private final Path directory;
    private final EngineSeams seams;
    private final TimestampOracles oracles;
    private final TimestampClient client;
    private final Archive archive;

    private ArchiveInstallation(
            Path directory, EngineSeams seams, TimestampOracles oracles, TimestampClient client, Archive archive) {
        this.directory = directory;
        this.seams = seams;
        this.oracles = oracles;
        this.client = client;
        this.archive = archive;
    }

    static ArchiveInstallation create(Path directory, EngineSeams seams) {
        TimestampOracles oracles = new TimestampOracles(
                FileBoundStore.open(directory.resolve("oracle")), OracleSettings.defaults(), seams.monotonicClock());
        TimestampClient client = new InProcessTimestampClient(oracles);
        client.createNamespace(NAMESPACE);
        byte[] secret = new byte[KEY_BYTES];
        seams.random().nextBytes(secret);
        try (ArchiveKey key = ArchiveKey.keyFile(secret)) {
            Archive archive = Archive.create(
                    FilesystemObjectStore.open(directory.resolve("archive"), seams.random()),
                    key,
                    new ArchiveSeams(seams.clock(), seams.random(), seams.workers()));
            return new ArchiveInstallation(directory, seams, oracles, client, archive);
        }
    }

    NamespaceOracle oracle() {
        return client.namespace(NAMESPACE);
    }

    /** Opens the namespace in the archive; there is one from the first backup on. */
    NamespaceArchive namespaceArchive() {
        return archive.namespace(NAMESPACE);
    }

    int chunkSizeBytes() {
        return archive.header().chunkSizeBytes();
    }

    /** Returns the engine over the store in a directory, which nobody may have open. */
    Coordinator over(Path store) {
        return over(RocksDbConnector.to(store, seams.sleeper()));
    }

    /** Returns the engine over a store. */
    Coordinator over(StoreConnector connector) {
        return new Coordinator(
                archive, client, Map.of(NAMESPACE, Map.of("main", connector)), EngineOptions.DEFAULT, seams);
    }

    Path resolve(String name) {
        return directory.resolve(name);
    }

    @Override
    public void close() {
        client.close();
        oracles.close();
    }
}
