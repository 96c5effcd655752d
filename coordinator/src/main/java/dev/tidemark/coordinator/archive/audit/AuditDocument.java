package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/**
 * The object of an entry. What a writer does is a signed document. A reader can't sign: the first line of his entries is
 * {@code tidemark-audit 1 hmac-sha256 CODE}, where the code (base 64) is over the text {@code tidemark audit entry}, the object's key and
 * the payload, each after its length as 4 bytes. Thread-safe.
 */
final class AuditDocument {
    private static final SignedDocument.Kind KIND = SignedDocument.Kind.AUDIT;
    private static final String CODE_LINE = KIND.word() + " " + SignedDocument.VERSION + " hmac-sha256 ";
    private static final int CODE_CHARACTERS = 44;
    private static final int CODE_LINE_BYTES = CODE_LINE.length() + CODE_CHARACTERS;

    private final AuditKeys keys;
    private final String archiveId;

    AuditDocument(AuditKeys keys, String archiveId) {
        this.keys = keys;
        this.archiveId = archiveId;
    }

    /** Returns the object that holds the entry at a key. */
    byte[] encode(ObjectKey key, AuditEntry entry) {
        byte[] payload = StrictJson.encode(entry);
        if (keys.signer().canSign()) {
            return new SignedDocument(KIND, payload).sign(key, keys.signer().require("write to the audit log"));
        }
        return new ByteFields()
                .raw((CODE_LINE + code(key, payload) + "\n").getBytes(StandardCharsets.US_ASCII))
                .raw(payload)
                .toArray();
    }

    /**
     * Reads an object.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@code OBJECT_DAMAGED} when it is not exactly what was written at
     *     this key, {@code UNKNOWN_FORMAT_VERSION} when it is of a later version
     */
    AuditRecord decode(ObjectKey key, long sequence, byte[] content) {
        ObjectHash hash = ObjectHash.ofContent(ByteBuffer.wrap(content));
        if (!startsWithCode(content)) {
            SignedDocument document =
                    SignedDocument.verify(key, content, keys.signer().verifyingKey(), KIND);
            return new AuditRecord(parse(key, sequence, document.payload()), hash, AuditRecord.Authenticity.SIGNED);
        }
        byte[] payload = Arrays.copyOfRange(content, CODE_LINE_BYTES + 1, content.length);
        if (keys.code().isPresent() && !hasItsCode(key, payload, content)) {
            throw KIND.invalid(key, "its code does not fit: it was changed, or belongs to another place");
        }
        AuditRecord.Authenticity authenticity =
                keys.code().isPresent() ? AuditRecord.Authenticity.BY_READER : AuditRecord.Authenticity.UNCHECKED;
        return new AuditRecord(parse(key, sequence, payload), hash, authenticity);
    }

    private static boolean startsWithCode(byte[] content) {
        return content.length > CODE_LINE_BYTES
                && content[CODE_LINE_BYTES] == '\n'
                && new String(content, 0, CODE_LINE.length(), StandardCharsets.ISO_8859_1).equals(CODE_LINE);
    }

    private boolean hasItsCode(ObjectKey key, byte[] payload, byte[] content) {
        byte[] found = Arrays.copyOfRange(content, CODE_LINE.length(), CODE_LINE_BYTES);
        return MessageDigest.isEqual(found, code(key, payload).getBytes(StandardCharsets.US_ASCII));
    }

    private String code(ObjectKey key, byte[] payload) {
        byte[] message = new ByteFields()
                .text("tidemark audit entry")
                .text(key.value())
                .bytes(payload)
                .toArray();
        return Base64.getEncoder().encodeToString(keys.code().orElseThrow().apply(message));
    }

    private AuditEntry parse(ObjectKey key, long sequence, byte[] payload) {
        AuditEntry entry;
        try {
            long version = StrictJson.number(payload, "formatVersion");
            if (version > AuditEntry.FORMAT_VERSION) {
                throw FormatErrors.unknownVersion(key.value(), version, AuditEntry.FORMAT_VERSION);
            }
            entry = StrictJson.decode(payload, AuditEntry.class);
        } catch (IOException e) {
            throw KIND.invalid(key, "its content is not acceptable", e);
        }
        if (entry.sequence() != sequence || !entry.archiveId().equals(archiveId)) {
            throw KIND.invalid(key, "it is entry " + entry.sequence() + " of archive '" + entry.archiveId() + "'");
        }
        return entry;
    }
}
