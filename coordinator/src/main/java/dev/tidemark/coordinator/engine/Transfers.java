package dev.tidemark.coordinator.engine;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.copy.ArchiveSource;
import dev.tidemark.coordinator.copy.CopyPlanner;
import dev.tidemark.coordinator.exchange.ExportSource;
import dev.tidemark.coordinator.exchange.TrustedKeys;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.Resumable;
import dev.tidemark.coordinator.runbook.RunbookPublisher;
import dev.tidemark.coordinator.runbook.RunbookSource;
import dev.tidemark.coordinator.transfer.BackupSource;
import dev.tidemark.coordinator.transfer.SourceReference;
import dev.tidemark.coordinator.transfer.TransferOperation;
import dev.tidemark.coordinator.transfer.TransferReport;
import dev.tidemark.kvs.ErrorCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes backups over into one archive: from exports and from other archives. Needs neither oracle nor stores. Thread-safe; one
 * operation at a time changes a namespace of an archive, also across processes.
 */
public final class Transfers {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Archive target;
    private final Function<String, Archive> archives;
    private final EngineOptions options;
    private final EngineSeams seams;
    private final Function<String, RunbookSource> runbooks;

    /** Creates it; no runbooks are written. */
    public Transfers(Archive target, Function<String, Archive> archives, EngineOptions options, EngineSeams seams) {
        this(target, archives, options, seams, namespace -> RunbookSource.NONE);
    }

    /**
     * Creates it.
     *
     * @param target where the backups go
     * @param archives opens an archive by its configured name
     * @param runbooks what runbooks have to know, by namespace
     */
    public Transfers(
            Archive target,
            Function<String, Archive> archives,
            EngineOptions options,
            EngineSeams seams,
            Function<String, RunbookSource> runbooks) {
        this.runbooks = runbooks;
        this.target = target;
        this.archives = archives;
        this.options = options;
        this.seams = seams;
    }

    /**
     * Takes a backup over from an export. Goes on with an import of the same backup that an earlier process has left unfinished.
     *
     * @param source closed with this
     * @param backupId the id that the backup is to get, or empty for its own
     * @throws CoordinatorException as {@link TransferOperation#run}
     */
    public TransferReport importBackup(
            String namespace, ExportSource source, String backupId, OperationListener listener) {
        return run(TransferOperation.IMPORT, namespace, source, backupId, listener);
    }

    /**
     * Copies a backup from another archive. Goes on with a copy of the same backup that an earlier process has left unfinished.
     *
     * @param from configured name of that archive
     * @param backupId its id there
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP}, and as {@link TransferOperation#run}
     */
    public TransferReport copy(String namespace, String from, String backupId, OperationListener listener) {
        NamespaceArchive source = archives.apply(from).namespace(namespace);
        return run(TransferOperation.COPY, namespace, ArchiveSource.open(source, from, backupId, seams), "", listener);
    }

    /** Returns what finds out what a copy would do. */
    public CopyPlanner planner(String namespace, String from) {
        Optional<NamespaceArchive> there =
                target.hasNamespace(namespace) ? Optional.of(target.namespace(namespace)) : Optional.empty();
        return new CopyPlanner(archives.apply(from).namespace(namespace), there);
    }

    /** Returns an operation of one of these types that an earlier process has begun, or nothing when it is of another type. */
    Optional<Resumable> begun(String type, String namespace) {
        boolean isTransfer = type.equals(TransferOperation.IMPORT) || type.equals(TransferOperation.COPY);
        return isTransfer ? Optional.of(operation(type, target.namespace(namespace))) : Optional.empty();
    }

    private TransferReport run(
            String type, String namespace, BackupSource source, String backupId, OperationListener listener) {
        try (BackupSource closed = source) {
            target.signer().require("take over a backup");
            NamespaceArchive into = target.createNamespace(namespace);
            try (TransferOperation operation = operation(type, into)) {
                return operation.run(closed, backupId, new Operations(into, options.lockLease(), seams), listener);
            }
        }
    }

    private TransferOperation operation(String type, NamespaceArchive into) {
        TransferOperation.Opener opener = type.equals(TransferOperation.IMPORT)
                ? Transfers::openExport
                : (reference, id) -> openCopy(into.namespace(), reference, id);
        return new TransferOperation(
                type, into, opener, seams, new RunbookPublisher(into, runbooks.apply(into.namespace())));
    }

    private BackupSource openCopy(String namespace, SourceReference reference, String backupId) {
        NamespaceArchive source = archives.apply(reference.location()).namespace(namespace);
        return ArchiveSource.open(source, reference.location(), backupId, seams);
    }

    private static BackupSource openExport(SourceReference reference, String backupId) {
        if (reference.location().equals(SourceReference.STREAM)) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "the import of backup '" + backupId + "' was reading standard input, which has ended",
                    "Run 'tidemark import' again with the same stream, or 'tidemark cancel'.");
        }
        Path file = Path.of(reference.location());
        try {
            return ExportSource.open(
                    new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES),
                    reference.location(),
                    TrustedKeys.none().and(reference.trustedKey()));
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "export '" + file + "' can't be read: " + e.getMessage(),
                    "Put the file back, or run 'tidemark cancel'.",
                    e);
        }
    }
}
