package dev.tidemark.coordinator.archive.manifest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.coordinator.archive.signed.SignedDocument.Kind;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The manifests of one namespace, read with the archive's public key alone. Thread-safe. */
public final class ManifestReader {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final String archiveId;
    private final VerifyingKey verifyingKey;

    /**
     * Creates access to manifests.
     *
     * @param archiveId the archive that they must belong to, 32 hexadecimal digits
     */
    public ManifestReader(ObjectStore store, NamespaceLayout layout, String archiveId, VerifyingKey verifyingKey) {
        this.store = store;
        this.layout = layout;
        this.archiveId = archiveId;
        this.verifyingKey = verifyingKey;
    }

    /** Returns the ids of all backups, ordered; abandoned ones are left out. What they hold is not verified. */
    public List<String> backupIds() {
        List<String> ids = new ArrayList<>();
        store.forEach(layout.manifests(), info -> {
            String id = info.key().name();
            boolean isManifest = Manifest.isBackupId(id) && layout.manifest(id).equals(info.key());
            if (isManifest && !looksAbandoned(info.key())) {
                ids.add(id);
            }
        });
        return ids;
    }

    /**
     * Reads and verifies all manifests, one at a time, in the order of their ids.
     *
     * @param action gets those that can be believed; one that vanishes meanwhile is left out
     * @return the others
     */
    public List<DamagedManifest> forEach(Consumer<Manifest> action) {
        List<DamagedManifest> damaged = new ArrayList<>();
        for (String id : backupIds()) {
            readOrRemember(id, damaged).ifPresent(action);
        }
        return damaged;
    }

    private Optional<Manifest> readOrRemember(String backupId, List<DamagedManifest> damaged) {
        try {
            return Optional.of(read(backupId));
        } catch (CoordinatorException e) {
            if (DamagedManifest.isMeantBy(e)) {
                damaged.add(new DamagedManifest(backupId, e.code(), e.getMessage()));
            } else if (e.code() != ErrorCode.UNKNOWN_BACKUP) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Reads a manifest and verifies it.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is none or it was abandoned,
     *     {@link ErrorCode#MANIFEST_INVALID} when it is not what this archive's owner has signed for this backup,
     *     {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version
     */
    public Manifest read(String backupId) {
        if (!Manifest.isBackupId(backupId)) {
            throw unknown(backupId);
        }
        return verify(backupId, content(layout.manifest(backupId), backupId));
    }

    /**
     * Reads a manifest and verifies it, and returns it as it is stored.
     *
     * @throws CoordinatorException as {@link #read}
     */
    public byte[] readSigned(String backupId) {
        if (!Manifest.isBackupId(backupId)) {
            throw unknown(backupId);
        }
        byte[] content = content(layout.manifest(backupId), backupId);
        verify(backupId, content);
        return content;
    }

    /**
     * Verifies a manifest that was not read from the store: the same checks as {@link #read} makes.
     *
     * @param content first line and payload
     * @throws CoordinatorException as {@link #read}
     */
    public Manifest verify(String backupId, byte[] content) {
        ObjectKey key = layout.manifest(backupId);
        SignedDocument document = SignedDocument.verify(key, content, verifyingKey, Kind.MANIFEST, Kind.ABANDONED);
        if (document.kind() == Kind.ABANDONED) {
            throw unknown(backupId);
        }
        Manifest manifest = decode(key, document.payload());
        requireItsOwn(key, backupId, manifest);
        return manifest;
    }

    boolean isCopyGood(String backupId) {
        ObjectKey key = layout.manifest(backupId);
        try {
            byte[] copy = store.read(layout.manifestCopy(backupId));
            requireItsOwn(
                    key,
                    backupId,
                    decode(
                            key,
                            SignedDocument.verify(key, copy, verifyingKey, Kind.MANIFEST)
                                    .payload()));
            return true;
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_MISSING || e.code() == ErrorCode.MANIFEST_INVALID) {
                return false;
            }
            throw e;
        }
    }

    private void requireItsOwn(ObjectKey key, String backupId, Manifest manifest) {
        if (!manifest.archiveId().equals(archiveId)
                || !manifest.namespace().equals(layout.namespace())
                || !manifest.backupId().equals(backupId)) {
            throw Kind.MANIFEST.invalid(key, "it is of another archive, namespace or backup");
        }
    }

    private byte[] content(ObjectKey key, String backupId) {
        try {
            return store.read(key);
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_MISSING) {
                throw unknown(backupId);
            }
            throw e;
        }
    }

    private boolean looksAbandoned(ObjectKey key) {
        try {
            return SignedDocument.looksLike(Kind.ABANDONED, store.read(key, 0, SignedDocument.MAX_FIRST_LINE));
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_MISSING) {
                return true;
            }
            throw e;
        }
    }

    private static Manifest decode(ObjectKey key, byte[] payload) {
        try {
            long version = StrictJson.number(payload, "formatVersion");
            if (version > Manifest.FORMAT_VERSION) {
                throw FormatErrors.unknownVersion(key.value(), version, Manifest.FORMAT_VERSION);
            }
            return StrictJson.decode(payload, Manifest.class, Manifest.NEXT_BACKUP_DUE, Manifest.NO_NEXT_BACKUP);
        } catch (IOException e) {
            throw Kind.MANIFEST.invalid(key, "its content is not acceptable: " + firstLine(e), e);
        }
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private CoordinatorException unknown(String backupId) {
        return new CoordinatorException(
                ErrorCode.UNKNOWN_BACKUP,
                "namespace '" + layout.namespace() + "' has no backup '" + backupId + "'",
                "List the backups with 'tidemark backups'.");
    }
}
