package dev.tidemark.coordinator.config;

import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.file.Path;
import java.util.SortedSet;

/** The embedded oracle over a directory, owned by this process until the client is closed. */
final class FileTimestampClient implements TimestampClient {
    private final TimestampOracles oracles;
    private final TimestampClient client;

    private FileTimestampClient(TimestampOracles oracles) {
        this.oracles = oracles;
        this.client = new InProcessTimestampClient(oracles);
    }

    static FileTimestampClient open(Path directory, OracleSeams seams) {
        return new FileTimestampClient(
                new TimestampOracles(FileBoundStore.open(directory), OracleSettings.defaults(), seams));
    }

    @Override
    public SortedSet<String> namespaces() {
        return client.namespaces();
    }

    @Override
    public NamespaceOracle namespace(String name) {
        return client.namespace(name);
    }

    @Override
    public NamespaceOracle createNamespace(String name) {
        return client.createNamespace(name);
    }

    @Override
    public NamespaceOracle createFencedNamespace(String name, String fenceId) {
        return client.createFencedNamespace(name, fenceId);
    }

    @Override
    public void close() {
        client.close();
        oracles.close();
    }
}
