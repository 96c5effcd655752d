package dev.tidemark.coordinator.archive.certificate;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The certificates of one namespace, read with the archive's public key alone. Thread-safe. */
public final class CertificateReader {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final String archiveId;
    private final VerifyingKey verifyingKey;

    /**
     * Creates access to certificates.
     *
     * @param archiveId the archive that they must belong to, 32 hexadecimal digits
     */
    public CertificateReader(ObjectStore store, NamespaceLayout layout, String archiveId, VerifyingKey verifyingKey) {
        this.store = store;
        this.layout = layout;
        this.archiveId = archiveId;
        this.verifyingKey = verifyingKey;
    }

    /**
     * Returns the last certificate of a backup; empty when it has none.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when it is not what this archive's owner has signed for this
     *     backup and number, {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version
     */
    public Optional<Certificate> find(String backupId) {
        List<ObjectKey> keys = keys(backupId);
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(keys.get(keys.size() - 1), backupId));
        } catch (CoordinatorException e) {
            List<ObjectKey> later = keys(backupId);
            if (e.code() != ErrorCode.OBJECT_MISSING || later.equals(keys)) {
                throw e;
            }
            return later.isEmpty() ? Optional.empty() : Optional.of(read(later.get(later.size() - 1), backupId));
        }
    }

    /** Returns the names of the certificates of a backup, by ascending number. */
    public List<ObjectKey> keys(String backupId) {
        List<ObjectKey> keys = new ArrayList<>();
        store.forEach(layout.certificates() + backupId + "/", info -> {
            if (info.key().name().matches("[0-9]{8}")) {
                keys.add(info.key());
            }
        });
        return keys;
    }

    /** Returns the name of a certificate. */
    public ObjectKey key(String backupId, int number) {
        return layout.key("certificates/" + backupId + "/" + String.format(Locale.ROOT, "%08d", number));
    }

    private Certificate read(ObjectKey key, String backupId) {
        SignedDocument document =
                SignedDocument.verify(key, store.read(key), verifyingKey, SignedDocument.Kind.CERTIFICATE);
        Certificate certificate = decode(key, document.payload());
        boolean isItsOwn = certificate.archiveId().equals(archiveId)
                && certificate.namespace().equals(layout.namespace())
                && certificate.backupId().equals(backupId)
                && key.equals(key(backupId, certificate.number()));
        if (!isItsOwn) {
            throw FormatErrors.damaged(key.value(), "it is of another archive, namespace, backup or number");
        }
        return certificate;
    }

    private static Certificate decode(ObjectKey key, byte[] payload) {
        try {
            long version = StrictJson.number(payload, "formatVersion");
            if (version > Certificate.FORMAT_VERSION) {
                throw FormatErrors.unknownVersion(key.value(), version, Certificate.FORMAT_VERSION);
            }
            return StrictJson.decode(payload, Certificate.class);
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "its content is not acceptable", e);
        }
    }
}
