package dev.tidemark.coordinator.archive.manifest;

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
 * object's key and the payload; texts and payload each after their length as 4 bytes.
 */
record SignedDocument(String kind, int version, byte[] payload) {
    static final String MANIFEST = "tidemark-manifest";
    static final String ABANDONED = "tidemark-abandoned";
    static final int VERSION = 1;

    /** Longer than every first line. */
    static final int MAX_FIRST_LINE = 200;

    private static final Pattern FIRST_LINE = Pattern.compile(
            "(tidemark-manifest|tidemark-abandoned) ([0-9]{1,9})(?: ed25519 ([0-9a-f]{16}) ([A-Za-z0-9+/=]{88}))?.*");

    byte[] sign(ObjectKey key, SigningKey signingKey) {
        String signature = Base64.getEncoder().encodeToString(signingKey.sign(message(key)));
        String line =
                kind + " " + version + " ed25519 " + signingKey.verifyingKey().id() + " " + signature + "\n";
        return new ByteFields()
                .raw(line.getBytes(StandardCharsets.US_ASCII))
                .raw(payload)
                .toArray();
    }

    /** Tells from the beginning of an object whether it says of itself that it is a tombstone; proves nothing. */
    static boolean looksAbandoned(byte[] beginning) {
        return new String(beginning, StandardCharsets.US_ASCII).startsWith(ABANDONED + " ");
    }

    /** Reads a document and verifies its signature. */
    static SignedDocument verify(ObjectKey key, byte[] content, VerifyingKey verifyingKey) {
        if (content.length > StrictJson.MAX_DOCUMENT_BYTES + MAX_FIRST_LINE) {
            throw invalid(key, content.length + " bytes are too many");
        }
        int end = 0;
        while (end < Math.min(content.length, MAX_FIRST_LINE) && content[end] != '\n') {
            end++;
        }
        Matcher line = FIRST_LINE.matcher(new String(content, 0, end, StandardCharsets.ISO_8859_1));
        if (end == content.length || content[end] != '\n' || !line.matches()) {
            throw invalid(key, "its first line is not that of a signed document");
        }
        int version = Integer.parseInt(line.group(2));
        if (version > VERSION) {
            throw FormatErrors.unknownVersion(key.value(), version, VERSION);
        }
        byte[] payload = Arrays.copyOfRange(content, end + 1, content.length);
        SignedDocument document = new SignedDocument(line.group(1), version, payload);
        if (line.group(3) == null || !line.group(3).equals(verifyingKey.id())) {
            throw invalid(key, "it is not signed with the archive's key '" + verifyingKey.id() + "'");
        }
        if (!isSigned(key, document, line, verifyingKey)) {
            throw invalid(key, "its signature does not fit: it was changed, or belongs to another place");
        }
        if (version != VERSION || !Arrays.equals(document.firstLine(line), Arrays.copyOf(content, end))) {
            throw invalid(key, "its first line was changed");
        }
        return document;
    }

    static CoordinatorException invalid(ObjectKey key, String problem) {
        return invalid(key, problem, null);
    }

    static CoordinatorException invalid(ObjectKey key, String problem, Throwable cause) {
        return new CoordinatorException(
                ErrorCode.MANIFEST_INVALID,
                "manifest '" + key + "' is not valid: " + problem,
                "Do not restore this backup; use another one, and find out who changed the archive.",
                cause);
    }

    private static boolean isSigned(ObjectKey key, SignedDocument document, Matcher line, VerifyingKey verifyingKey) {
        try {
            return verifyingKey.isValid(
                    document.message(key), Base64.getDecoder().decode(line.group(4)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The only form of the first line that is accepted. */
    private byte[] firstLine(Matcher line) {
        byte[] signature = Base64.getDecoder().decode(line.group(4));
        return (kind + " " + version + " ed25519 " + line.group(3) + " "
                        + Base64.getEncoder().encodeToString(signature))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] message(ObjectKey key) {
        return new ByteFields()
                .text("tidemark signed document")
                .text(kind)
                .u32(version)
                .text(key.value())
                .bytes(payload)
                .toArray();
    }
}
