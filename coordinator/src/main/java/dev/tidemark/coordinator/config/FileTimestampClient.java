package dev.tidemark.coordinator.config;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.status.OracleStatusReader;
import dev.tidemark.timestamp.status.ServerAnswer;
import java.nio.file.Files;
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

    /** Opens the oracle in a directory to see how it is, and closes it again; creates nothing. */
    static ServerAnswer status(Path directory, MonotonicClock clock) {
        String place = directory.toString();
        if (!Files.isDirectory(directory)) {
            return ServerAnswer.failed(
                    place,
                    new TimestampException(
                            ErrorCode.ORACLE_UNAVAILABLE,
                            "there is no oracle in '" + place + "'",
                            "Correct 'oracle.directory', or restore a backup: that creates the oracle anew."));
        }
        try (TimestampOracles oracles =
                new TimestampOracles(FileBoundStore.open(directory), OracleSettings.defaults(), clock)) {
            return ServerAnswer.of(place, new OracleStatusReader(oracles, "this-command", "file", place).read());
        } catch (TimestampException e) {
            return ServerAnswer.failed(place, e);
        }
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
