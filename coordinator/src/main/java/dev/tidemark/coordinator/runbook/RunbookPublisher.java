package dev.tidemark.coordinator.runbook;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes the runbooks of backups that are there, and shows them. Thread-safe. */
public final class RunbookPublisher {
    private final NamespaceArchive archive;
    private final RunbookSource source;
    private final RunbookStore store;

    /** Creates it for a namespace. */
    public RunbookPublisher(NamespaceArchive archive, RunbookSource source) {
        this.archive = archive;
        this.source = source;
        store = new RunbookStore(
                archive.store(), archive.layout(), archive.signer().verifyingKey());
    }

    /** Tells whether there is nothing to write. */
    public boolean isSilent() {
        return source.site(archive.namespace()).isEmpty();
    }

    /**
     * Writes the runbook of a backup. A backup without one is a backup: what goes wrong is a note, unless somebody else has taken over or
     * the thread is interrupted.
     *
     * @param manifest of the backup, which is there
     */
    public void publish(Manifest manifest, Consumer<String> notes) {
        try {
            source.site(archive.namespace())
                    .ifPresent(site -> store.write(
                            manifest.backupId(),
                            RunbookWriter.write(manifest, site, source.recipients()),
                            archive.signer().require("write a runbook")));
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.FENCED_OUT || e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            notes.accept("the runbook of backup '" + manifest.backupId() + "' could not be written: " + e.getMessage());
        }
    }

    /**
     * Returns the runbook of a backup: the one that was stored with it; where there is none, one from the present configuration.
     *
     * @param manifest of the backup
     * @return empty when there is none, and the configuration does not know the namespace
     * @throws dev.tidemark.coordinator.CoordinatorException as {@link RunbookStore#find}
     */
    public Optional<Shown> show(Manifest manifest) {
        Optional<Runbook> stored = store.find(manifest.backupId());
        if (stored.isPresent()) {
            return Optional.of(new Shown(stored.get(), true));
        }
        return source.site(archive.namespace())
                .map(site -> new Shown(RunbookWriter.write(manifest, site, source.recipients()), false));
    }

    /**
     * A runbook that is shown.
     *
     * @param runbook the runbook
     * @param isStored whether it was written with the backup, rather than just now
     */
    public record Shown(Runbook runbook, boolean isStored) {}
}
