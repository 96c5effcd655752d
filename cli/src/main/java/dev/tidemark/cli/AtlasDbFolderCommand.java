package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.atlasdb.AtlasDbBackupFolder;
import dev.tidemark.coordinator.rewind.ExternalBackup;
import dev.tidemark.kvs.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidemark atlasdb-folder}: writes what AtlasDB's own backup service would have written for a backup. */
@Command(
        name = "atlasdb-folder",
        description = {
            "Write the folder that AtlasDB's backup service keeps for a backup.",
            "It holds the backup's timestamps and transactions schemas, for 'restore --external' and for AtlasDB's own restore."
        })
final class AtlasDbFolderCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Parameters(index = "1", paramLabel = "BACKUP", description = "The backup's id.")
    private String backup;

    @Parameters(index = "2", paramLabel = "FOLDER", description = "Is created; must not hold those of another backup.")
    private Path folder;

    AtlasDbFolderCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String name = session.namespace(namespace);
        Manifest manifest = session.wiring().coordinator().catalog(name).find(backup);
        StoreBackup store = onlyStore(manifest);
        new AtlasDbBackupFolder(folder)
                .write(new ExternalBackup(
                        manifest.immutableTimestamp(),
                        manifest.backupTimestamp(),
                        manifest.fastForwardTimestamp(),
                        StoreBackup.mapOf(store.transactionsSchemas()),
                        store.transactionsSchemasBound()));
        session.show(
                Json.object("namespace", name, "backup", manifest.backupId(), "folder", folder.toString()),
                "Wrote timestamps and transactions schemas of backup '" + manifest.backupId() + "' to " + folder
                        + ".\n");
        return 0;
    }

    private static StoreBackup onlyStore(Manifest manifest) {
        List<StoreBackup> stores = manifest.stores();
        if (stores.size() != 1) {
            throw new CliException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "backup '" + manifest.backupId() + "' has " + stores.size() + " stores (expected: 1)",
                    "AtlasDB's folders are of one store; restore this backup with 'tidemark restore'.");
        }
        return stores.get(0);
    }
}
