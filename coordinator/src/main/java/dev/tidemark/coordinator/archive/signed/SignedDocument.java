package dev.tidemark.coordinator.archive.signed;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signed document: one line in US-ASCII, {@code KIND VERSION ed25519 KEYID SIGNATURE}, a line feed, and the payload to the
 * end of the object. The signature (base 64) is over: the text {@code tidemark signed document}, the kind, the version as 4 bytes, the
 * object's key and the payload; texts and payload each after their length as 4 bytes. Thread-safe.
 *
 * @param kind what it is
 * @param payload its content, at most {@link StrictJson#MAX_DOCUMENT_BYTES}; not copied
 */
public record SignedDocument(Kind kind, byte[] payload) {
    /** The version that this software writes and reads. */
    public static final int VERSION = 1;

    /** Longer than every first line. */
    public static final int MAX_FIRST_LINE = 200;

    private static final Pattern FIRST_LINE =
            Pattern.compile("(tidemark-[a-z]{1,30}) ([0-9]{1,9})(?: ed25519 ([0-9a-f]{16}) ([A-Za-z0-9+/=]{88}))?.*");

    /**
     * Returns the object as it is stored.
     *
     * @param key where it will be; it is valid nowhere else
     */
    public byte[] sign(ObjectKey key, SigningKey signingKey) {
        String signature = Base64.getEncoder().encodeToString(signingKey.sign(message(key)));
        return new ByteFields()
                .raw(firstLine(signingKey.verifyingKey().id(), signature))
                .raw(new byte[] {'\n'})
                .raw(payload)
                .toArray();
    }

    /** Tells from the beginning of an object whether it says of itself that it is of this kind; proves nothing. */
    public static boolean looksLike(Kind kind, byte[] beginning) {
        return new String(beginning, StandardCharsets.US_ASCII).startsWith(kind.word() + " ");
    }

    /**
     * Reads a document and verifies its signature.
     *
     * @param key where it was found
     * @param kinds what it may be
     * @throws CoordinatorException the code of the first kind ({@link Kind#invalid}) when it is not exactly what this archive's
     *     owner has signed for this place, {@link dev.tidemark.kvs.ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version
     */
    public static SignedDocument verify(ObjectKey key, byte[] content, VerifyingKey verifyingKey, Kind... kinds) {
        Kind expected = kinds[0];
        if (content.length > StrictJson.MAX_DOCUMENT_BYTES + MAX_FIRST_LINE) {
            throw expected.invalid(key, content.length + " bytes are too many");
        }
        int end = 0;
        while (end < Math.min(content.length, MAX_FIRST_LINE) && content[end] != '\n') {
            end++;
        }
        Matcher line = FIRST_LINE.matcher(new String(content, 0, end, StandardCharsets.ISO_8859_1));
        if (end == content.length || content[end] != '\n' || !line.matches()) {
            throw expected.invalid(key, "its first line is not that of a signed document");
        }
        Kind kind = Arrays.stream(kinds)
                .filter(candidate -> candidate.word().equals(line.group(1)))
                .findFirst()
                .orElseThrow(() -> expected.invalid(key, "it is a '" + line.group(1) + "'"));
        int version = Integer.parseInt(line.group(2));
        if (version > VERSION) {
            throw FormatErrors.unknownVersion(key.value(), version, VERSION);
        }
        if (line.group(3) == null || !line.group(3).equals(verifyingKey.id())) {
            throw expected.invalid(key, "it is not signed with the archive's key '" + verifyingKey.id() + "'");
        }
        SignedDocument document = new SignedDocument(kind, Arrays.copyOfRange(content, end + 1, content.length));
        byte[] signature = signature(line);
        if (!verifyingKey.isValid(document.message(key), signature)) {
            throw expected.invalid(key, "its signature does not fit: it was changed, or belongs to another place");
        }
        byte[] onlyForm = document.firstLine(line.group(3), Base64.getEncoder().encodeToString(signature));
        if (!Arrays.equals(onlyForm, Arrays.copyOf(content, end))) {
            throw expected.invalid(key, "its first line was changed");
        }
        return document;
    }

    /** Returns what was signed, or nothing that fits when it is no base 64. */
    private static byte[] signature(Matcher line) {
        try {
            return Base64.getDecoder().decode(line.group(4));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** The only form of the first line that is accepted. */
    private byte[] firstLine(String keyId, String signature) {
        return (kind.word() + " " + VERSION + " ed25519 " + keyId + " " + signature)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] message(ObjectKey key) {
        return new ByteFields()
                .text("tidemark signed document")
                .text(kind.word())
                .u32(VERSION)
                .text(key.value())
                .bytes(payload)
                .toArray();
    }

    /** What a signed document is. Words and versions are part of the format. */
    public enum Kind {
        /** Manifest of a backup. */
        MANIFEST("tidemark-manifest"),
        /** The mark that a backup will never exist. */
        ABANDONED("tidemark-abandoned"),
        /** Which objects a backup needs. */
        INVENTORY("tidemark-inventory"),
        /** When a backup was verified, and how. */
        CERTIFICATE("tidemark-certificate"),
        /** What stands at the end of an exported backup. */
        EXPORT("tidemark-export"),
        /** Entry of the audit log. */
        AUDIT("tidemark-audit"),
        /** The mark that the keys of a namespace were destroyed. */
        SHREDDED("tidemark-shredded"),
        /** How a backup is restored. */
        RUNBOOK("tidemark-runbook");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** Returns the word at the beginning of the object. */
        public String word() {
            return word;
        }

        /** Returns the error for an object that is not what was signed. */
        public CoordinatorException invalid(ObjectKey key, String problem) {
            return invalid(key, problem, null);
        }

        /** Returns the error for an object that is not what was signed. */
        public CoordinatorException invalid(ObjectKey key, String problem, Throwable cause) {
            if (this == MANIFEST || this == ABANDONED) {
                return new CoordinatorException(
                        ErrorCode.MANIFEST_INVALID,
                        "manifest '" + key + "' is not valid: " + problem,
                        "Do not restore this backup; use another one, and find out who changed the archive.",
                        cause);
            }
            return FormatErrors.damaged(key.value(), problem, cause);
        }
    }
}
