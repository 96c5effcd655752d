package dev.tidemark.coordinator.runbook;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The runbooks of one namespace's backups. To read them takes the archive's public key alone. Thread-safe.
 *
 * <p>They are signed: who runs commands that lie in a bucket must know that nobody has exchanged them.
 */
public final class RunbookStore {
    /** Name of the page below the backup's. */
    public static final String PAGE = "RESTORE.rst";

    /** Name of the script below the backup's. */
    public static final String SCRIPT = "restore.sh";

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final VerifyingKey verifyingKey;

    /** Creates access to runbooks. */
    public RunbookStore(ObjectStore store, NamespaceLayout layout, VerifyingKey verifyingKey) {
        this.store = store;
        this.layout = layout;
        this.verifyingKey = verifyingKey;
    }

    /**
     * Writes a runbook. One that is there stays: an earlier attempt has written it.
     *
     * @param backupId the backup, whose manifest is there
     */
    public void write(String backupId, Runbook runbook, SigningKey signingKey) {
        write(layout.runbook(backupId, SCRIPT), runbook.script(), signingKey);
        write(layout.runbook(backupId, PAGE), runbook.page(), signingKey);
    }

    private void write(ObjectKey key, String text, SigningKey signingKey) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        try {
            store.createOrConfirm(
                    key,
                    ByteBuffer.wrap(new SignedDocument(SignedDocument.Kind.RUNBOOK, payload).sign(key, signingKey)));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
    }

    /**
     * Returns the runbook of a backup; empty when there is none, or half of one.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when it is not what this archive's owner has signed for this backup
     */
    public Optional<Runbook> find(String backupId) {
        try {
            return Optional.of(
                    new Runbook(check(layout.runbook(backupId, PAGE)), check(layout.runbook(backupId, SCRIPT))));
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Reads one of the two objects and checks its signature.
     *
     * @return its text, without the line that has the signature
     * @throws CoordinatorException as {@link #find}, {@link ErrorCode#OBJECT_MISSING} when it is not there
     */
    public String check(ObjectKey key) {
        byte[] payload = SignedDocument.verify(key, store.read(key), verifyingKey, SignedDocument.Kind.RUNBOOK)
                .payload();
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Removes a runbook with its backup, as far as the store lets; garbage collection removes what is left. */
    public void remove(String backupId) {
        for (String name : List.of(PAGE, SCRIPT)) {
            try {
                store.delete(layout.runbook(backupId, name));
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                    throw e;
                }
            }
        }
    }
}
