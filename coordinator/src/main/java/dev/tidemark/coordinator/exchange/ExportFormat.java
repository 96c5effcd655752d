package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.filelist.FilePath;
import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Names, documents and limits of an export; see docs/export-format.rst. */
final class ExportFormat {
    static final int VERSION = 1;
    static final String HEADER = "TIDEMARK-EXPORT.json";
    static final String MANIFEST = "manifest";
    static final String LISTS = "lists/";
    static final String FILES = "files/";
    static final String SUMS = "SHA256SUMS";
    static final String SIGNATURE = "SIGNATURE";

    /** A list is closed when it describes that many files, */
    static final int LIST_FILES = 1_000;

    /** or has that many bytes, */
    static final int LIST_BYTES = 1 << 20;

    /** or its files, of which the writer remembers the chunks, have that many chunks. */
    static final int LIST_CHUNKS = 65_536;

    /** Longest list that is read: the writer's limit and one line more. */
    static final int MAX_LIST_BYTES = LIST_BYTES + (64 << 10);

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private ExportFormat() {}

    static String listName(int number) {
        return String.format("%s%08d", LISTS, number);
    }

    /** Returns the name of a file in the export. */
    static String fileName(String store, String node, String path) {
        try {
            return FILES + ObjectKey.escape(store) + "/" + ObjectKey.escape(node) + "/" + path;
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "store '" + store + "' or node '" + node + "' has a name that is too long for an export",
                    "Copy the backup to another archive instead.",
                    e);
        }
    }

    /** Returns a line as {@code sha256sum} writes it. */
    static byte[] sumLine(String sha256, String name) {
        return (sha256 + "  " + name + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    /** Returns the time that all entries bear, seconds; those that tar has no room for are cut. */
    static long seconds(Instant time) {
        return Math.min(time.getEpochSecond(), TarFormat.MAX_OCTAL);
    }

    static CoordinatorException invalid(String problem) {
        return invalid(problem, null);
    }

    /** Returns the error for a stream that no export can be. */
    static CoordinatorException invalid(String problem, Throwable cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT,
                "the export is not acceptable: " + problem,
                "Fetch the file again, or export the backup again; do not trust this one.",
                cause);
    }

    /**
     * First entry of an export.
     *
     * @param format {@value #VERSION}
     * @param archiveId id of the archive that the backup was in
     * @param namespace name of the namespace there
     * @param backupId id of the backup there
     * @param signingPublicKey public key of that archive, X.509 SubjectPublicKeyInfo in base 64
     */
    record Header(int format, String archiveId, String namespace, String backupId, String signingPublicKey) {
        Header {
            ObjectId.parse(archiveId);
            new NamespaceLayout(namespace);
            if (!Manifest.isBackupId(backupId)) {
                throw new IllegalArgumentException("backupId: '" + backupId + "' (expected: the id of a backup)");
            }
        }

        VerifyingKey key() {
            try {
                return VerifyingKey.of(Base64Text.decode(signingPublicKey));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw invalid("its public key is none", e);
            }
        }

        NamespaceLayout layout() {
            return new NamespaceLayout(namespace);
        }
    }

    /**
     * One line of a list: a file that follows.
     *
     * @param sha256 SHA-256 of the content, 64 lower-case hexadecimal digits
     */
    record Line(String store, String node, String path, long sizeBytes, String identity, String sha256) {
        Line {
            FilePath.check(path);
            if (sizeBytes < 0
                    || identity.isEmpty()
                    || identity.length() > 200
                    || !SHA256.matcher(sha256).matches()) {
                throw new IllegalArgumentException("line of '" + path + "' (expected: size, identity and SHA-256)");
            }
        }

        String name() {
            return fileName(store, node, path);
        }
    }

    /**
     * Payload of the signature, the last entry.
     *
     * @param sumsSha256 SHA-256 of {@link #SUMS}
     */
    record Seal(int format, String archiveId, String namespace, String backupId, String sumsSha256) {
        static Seal of(Header header, String sumsSha256) {
            return new Seal(VERSION, header.archiveId, header.namespace, header.backupId, sumsSha256);
        }
    }
}
