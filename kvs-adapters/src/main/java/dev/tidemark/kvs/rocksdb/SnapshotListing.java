package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileListing;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The {@linkplain FileListing listing} that is written beside the files of a snapshot when it is taken. Whoever wants to know what
 * has changed reads this and no content.
 *
 * <p>Identities: a file of cells ({@code .sst}, {@code .blob}) is written once under a number that RocksDB uses once, and each
 * snapshot links it. Its identity is {@code file-}, the inode and the time of modification in nanoseconds, which the links
 * share; with name and size that tells it from the file of the same number after a restore. The few small others ({@code CURRENT},
 * {@code MANIFEST-*}, {@code OPTIONS-*}, a log that is not empty) are copied into each snapshot; their identity is
 * {@code sha256-} and the hash of the content. So a snapshot of an unchanged store has the listing of the one before.
 */
final class SnapshotListing {
    private static final String ATTRIBUTES = "unix:ino,size,lastModifiedTime";

    private SnapshotListing() {}

    /** Writes the listing of a flat directory, and makes the files durable that are no links. */
    static void write(Path files, Path listing) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(files)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        }
        try (BufferedWriter out = Files.newBufferedWriter(listing, StandardCharsets.UTF_8)) {
            for (String name : names) {
                Path file = files.resolve(name);
                out.write(FileListing.line(isWrittenOnce(name) ? linked(file, name) : hashed(file, name)));
                out.write('\n');
            }
        }
        DurableFiles.syncFile(listing);
    }

    private static boolean isWrittenOnce(String name) {
        return name.endsWith(".sst") || name.endsWith(".blob");
    }

    private static SnapshotFile linked(Path file, String name) throws IOException {
        Map<String, Object> attributes;
        try {
            attributes = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException e) {
            return hashed(file, name); // without inodes only the content identifies a file
        }
        long modified = ((FileTime) attributes.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS);
        return new SnapshotFile(name, (long) attributes.get("size"), "file-" + attributes.get("ino") + "-" + modified);
    }

    private static SnapshotFile hashed(Path file, String name) throws IOException {
        MessageDigest hash = sha256();
        long size;
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), hash)) {
            size = in.transferTo(OutputStream.nullOutputStream());
        }
        DurableFiles.syncFile(file);
        return new SnapshotFile(name, size, "sha256-" + HexFormat.of().formatHex(hash.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
