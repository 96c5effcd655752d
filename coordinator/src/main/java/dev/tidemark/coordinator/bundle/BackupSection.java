package dev.tidemark.coordinator.bundle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.coordinator.config.ArchiveConfiguration;
import dev.tidemark.coordinator.config.NamespaceConfiguration;
import dev.tidemark.coordinator.config.OperationsConfiguration;
import dev.tidemark.coordinator.config.OracleConfiguration;
import dev.tidemark.coordinator.config.TidemarkConfiguration;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.operations.DeskLimits;
import java.nio.file.Path;
import java.util.Map;

/**
 * The section of an application's configuration that the bundle needs. Its keys mean what they mean for the service.
 *
 * @param archive where backups go
 * @param namespaces with their stores, all of which are in this process
 * @param operations limits; defaults apply to what is left out
 * @param access who may call tasks
 */
public record BackupSection(
        ArchiveConfiguration archive,
        Map<String, NamespaceConfiguration> namespaces,
        OperationsConfiguration operations,
        AccessConfiguration access) {
    /** Never opened: the oracle is the application's. */
    private static final OracleConfiguration NO_ORACLE = new OracleConfiguration.File(Path.of("application"));

    /**
     * Checks that nothing is asked for that belongs to the service.
     *
     * @throws IllegalArgumentException when it is
     */
    @JsonCreator
    public BackupSection(
            @JsonProperty("archive") ArchiveConfiguration archive,
            @JsonProperty("namespaces") Map<String, NamespaceConfiguration> namespaces,
            @JsonProperty("operations") OperationsConfiguration operations,
            @JsonProperty("access") AccessConfiguration access) {
        this.archive = archive;
        this.namespaces = namespaces == null ? Map.of() : Map.copyOf(namespaces);
        this.operations = operations;
        this.access = access;
        require(access != null, "'access' is missing (expected: the tokens of those who may call tasks)");
        require(
                access.approval().demanded().isEmpty(),
                "'access.approval' demands approvals (expected: none, they are given at the service)");
        this.namespaces.forEach((name, namespace) -> require(
                namespace.schedules().isEmpty(),
                "namespace '" + name + "' has schedules (expected: none, they belong to the service)"));
        tidemark();
    }

    TidemarkConfiguration tidemark() {
        return new TidemarkConfiguration(archive, null, NO_ORACLE, namespaces, operations, null);
    }

    DeskLimits limits() {
        return DeskLimits.DEFAULT;
    }

    private static void require(boolean holds, String messageOtherwise) {
        if (!holds) {
            throw new IllegalArgumentException(messageOtherwise);
        }
    }
}
