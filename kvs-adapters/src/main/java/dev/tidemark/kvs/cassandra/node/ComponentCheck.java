package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/**
 * Looks whether SSTables are whole and intact, as far as Cassandra's own files say: {@code TOC.txt} lists the components, and
 * {@code Digest.crc32}, {@code Digest.adler32} or {@code Digest.sha1} holds the checksum of {@code Data.db}, by version. The other
 * components have none.
 */
final class ComponentCheck {
    /** Cassandra replaces it now and then, so that a snapshot may lack it, and makes a new one when it is not there. */
    private static final String DISPENSABLE = "Summary.db";

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_TOC_BYTES = 1 << 16;

    private ComponentCheck() {}

    /**
     * Checks that every component of every SSTable of a part is there that the node does not make itself.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} naming the first file that is missing
     */
    static void requireWhole(Part part) throws IOException {
        for (Map.Entry<String, SortedMap<String, Path>> sstable :
                part.sstables().entrySet()) {
            for (String component : listed(part, sstable.getKey(), sstable.getValue())) {
                if (!sstable.getValue().containsKey(component) && !component.equals(DISPENSABLE)) {
                    throw damaged(part.directory().resolve(sstable.getKey() + "-" + component), "is missing", null);
                }
            }
        }
    }

    /**
     * Checks that the data of every SSTable of a part is what was written.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} naming the first file that is not
     */
    static void requireIntact(Part part) throws IOException {
        for (SortedMap<String, Path> components : part.sstables().values()) {
            Path data = components.get(SSTableName.DATA);
            for (Map.Entry<String, Path> component : components.entrySet()) {
                if (component.getKey().startsWith(SSTableName.DIGEST)) {
                    String expected = read(component.getValue()).strip().split("\\s", 2)[0];
                    if (!expected.equals(digest(component.getKey(), component.getValue(), data))) {
                        throw damaged(
                                data,
                                "does not have the checksum in '"
                                        + component.getValue().getFileName() + "'",
                                null);
                    }
                }
            }
        }
    }

    private static List<String> listed(Part part, String sstable, SortedMap<String, Path> components)
            throws IOException {
        Path toc = components.get(SSTableName.TOC);
        if (toc == null) {
            throw damaged(part.directory().resolve(sstable + "-" + SSTableName.TOC), "is missing", null);
        }
        List<String> listed = Arrays.stream(read(toc).split("\n", -1))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (!listed.contains(SSTableName.DATA)) {
            throw damaged(toc, "does not list '" + SSTableName.DATA + "'", null);
        }
        return listed;
    }

    private static String digest(String component, Path file, Path data) throws IOException {
        return switch (component) {
            case "Digest.crc32" -> checksum(new CRC32(), data);
            case "Digest.adler32" -> checksum(new Adler32(), data);
            case "Digest.sha1" -> sha1(data);
            default -> throw damaged(file, "is of a kind that is not known", null);
        };
    }

    private static String checksum(Checksum checksum, Path data) throws IOException {
        read(data, checksum::update);
        return Long.toString(checksum.getValue());
    }

    private static String sha1(Path data) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            read(data, digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static void read(Path file, Update update) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                update.with(buffer, 0, count);
            }
        }
    }

    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_TOC_BYTES), StandardCharsets.ISO_8859_1);
        }
    }

    private static KeyValueStoreException damaged(Path file, String what, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_DAMAGED,
                "'" + file + "' " + what + "; nothing was loaded",
                "Restore another backup; verify this one with 'tidemark verify'.",
                cause);
    }

    @FunctionalInterface
    private interface Update {
        void with(byte[] buffer, int offset, int count);
    }
}
