package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.KeySlotList;
import dev.tidemark.coordinator.config.StoreConfiguration.RocksDb;
import dev.tidemark.coordinator.runbook.RunbookSite;
import dev.tidemark.coordinator.runbook.RunbookSite.Secret;
import dev.tidemark.coordinator.runbook.RunbookSite.Source;
import dev.tidemark.coordinator.runbook.RunbookSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells runbooks what a configuration says of one of its archives and of a namespace, and no more than a restore needs. */
final class ConfiguredRunbooks implements RunbookSource {
    private final TidemarkConfiguration configuration;
    private final String archiveName;
    private final Supplier<Archive> archive;

    /**
     * Creates the source.
     *
     * @param archiveName the archive that the restore is from
     * @param archive opens it
     */
    ConfiguredRunbooks(TidemarkConfiguration configuration, String archiveName, Supplier<Archive> archive) {
        this.configuration = configuration;
        this.archiveName = archiveName;
        this.archive = archive;
    }

    @Override
    public Optional<RunbookSite> site(String namespace) {
        NamespaceConfiguration configured = configuration.namespaces().get(namespace);
        if (configured == null) {
            return Optional.empty();
        }
        RestoreDocument document = RestoreDocument.of(
                configuration.archive(archiveName),
                archive.get().id(),
                configuration.oracle(),
                namespace,
                configured.stores());
        List<Secret> secrets = new ArrayList<>();
        addSecrets("", document.tree(), secrets);
        List<String> directories = configured.stores().values().stream()
                .filter(RocksDb.class::isInstance)
                .map(store -> ((RocksDb) store).directory().toString())
                .toList();
        return Optional.of(new RunbookSite(
                archive.get().store().location(),
                document.yaml(),
                secrets,
                directories,
                directories.size() < configured.stores().size()));
    }

    @Override
    public List<KeySlotList.Slot> recipients() {
        return archive.get().keys().list().slots();
    }

    /** In every section of the configuration, {@code environment} and {@code file} say where a secret comes from. */
    private static void addSecrets(String path, JsonNode node, List<Secret> secrets) {
        if (node.isArray()) {
            node.forEach(item -> addSecrets(path, item, secrets));
        }
        node.properties().forEach(entry -> addSecret(path, entry, secrets));
    }

    private static void addSecret(String path, Map.Entry<String, JsonNode> entry, List<Secret> secrets) {
        boolean isVariable = entry.getKey().equals("environment");
        if (entry.getValue().isTextual() && (isVariable || entry.getKey().equals("file"))) {
            Secret secret = new Secret(
                    path,
                    isVariable ? Source.VARIABLE : Source.FILE,
                    entry.getValue().asText());
            if (!secrets.contains(secret)) {
                secrets.add(secret);
            }
        }
        addSecrets(path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), secrets);
    }
}
