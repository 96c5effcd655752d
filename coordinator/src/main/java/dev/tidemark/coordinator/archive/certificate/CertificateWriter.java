package dev.tidemark.coordinator.archive.certificate;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Signs certificates. Thread-safe. */
public final class CertificateWriter {
    private final ObjectStore store;
    private final CertificateReader reader;
    private final SigningKey signingKey;

    /** Creates a writer beside a reader of the same namespace. */
    public CertificateWriter(ObjectStore store, CertificateReader reader, SigningKey signingKey) {
        this.store = store;
        this.reader = reader;
        this.signingKey = signingKey;
    }

    /**
     * Signs a certificate, writes it and reads it back; then removes those with lesser numbers, as far as the store lets.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when its number is taken: somebody else has verified too
     */
    public void write(Certificate certificate) {
        ObjectKey key = reader.key(certificate.backupId(), certificate.number());
        byte[] payload = StrictJson.encode(certificate);
        store.create(
                key,
                ByteBuffer.wrap(new SignedDocument(SignedDocument.Kind.CERTIFICATE, payload).sign(key, signingKey)));
        Optional<Certificate> durable = reader.find(certificate.backupId());
        if (durable.filter(found -> found.number() > certificate.number() || found.equals(certificate))
                .isEmpty()) {
            throw FormatErrors.damaged(key.value(), "it was written and is not there");
        }
        for (ObjectKey older : reader.keys(certificate.backupId())) {
            if (older.compareTo(key) < 0) {
                remove(older);
            }
        }
    }

    /** The greatest number counts: one that has to stay does no harm. */
    private void remove(ObjectKey older) {
        try {
            store.delete(older);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
        }
    }
}
