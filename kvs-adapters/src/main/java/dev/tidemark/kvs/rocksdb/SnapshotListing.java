package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.rocksdb.directory.DurableFiles;
import dev.tidemark.kvs.rocksdb.directory.FileErrors;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
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
import java.util.NoSuchElementException;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The listing that is written beside the files of a snapshot when it is taken: one line for each file, ordered by path, of
 * identity, size in bytes and path, separated by tabs, in UTF-8. Whoever wants to know what has changed reads this and no
 * content.
 *
 * <p>Identities: a file of cells ({@code .sst}, {@code .blob}) is written once under a number that RocksDB uses once, and each
 * snapshot links it. Its identity is {@code file-}, the inode and the time of modification in nanoseconds, which the links
 * share; with name and size that tells it from the file of the same number after a restore. The few small others ({@code CURRENT},
 * {@code MANIFEST-*}, {@code OPTIONS-*}, a log that is not empty) are copied into each snapshot; their identity is
 * {@code sha256-} and the hash of the content. So a snapshot of an unchanged store has the listing of the one before.
 */
final class SnapshotListing {
    private static final int COLUMNS = 3;
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
                out.write(isWrittenOnce(name) ? line(file, name) : hashedLine(file, name));
                out.write('\n');
            }
        }
        DurableFiles.syncFile(listing);
    }

    /** Opens a listing at the first path that is greater than the given one. */
    static CloseableIterator<SnapshotFile> open(Path listing, String afterPath) throws IOException {
        BufferedReader reader = Files.newBufferedReader(listing, StandardCharsets.UTF_8);
        return new Lines(listing, reader, afterPath);
    }

    private static boolean isWrittenOnce(String name) {
        return name.endsWith(".sst") || name.endsWith(".blob");
    }

    private static String line(Path file, String name) throws IOException {
        Map<String, Object> attributes;
        try {
            attributes = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException e) {
            return hashedLine(file, name); // without inodes only the content identifies a file
        }
        long modified = ((FileTime) attributes.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS);
        return "file-" + attributes.get("ino") + "-" + modified + "\t" + attributes.get("size") + "\t" + name;
    }

    private static String hashedLine(Path file, String name) throws IOException {
        MessageDigest hash = sha256();
        long size;
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), hash)) {
            size = in.transferTo(OutputStream.nullOutputStream());
        }
        DurableFiles.syncFile(file);
        return "sha256-" + HexFormat.of().formatHex(hash.digest()) + "\t" + size + "\t" + name;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static final class Lines implements CloseableIterator<SnapshotFile> {
        private final Path listing;
        private final BufferedReader reader;
        private final String afterPath;
        private SnapshotFile next;
        private boolean isAtEnd;

        private Lines(Path listing, BufferedReader reader, String afterPath) {
            this.listing = listing;
            this.reader = reader;
            this.afterPath = afterPath;
        }

        @Override
        public boolean hasNext() {
            try {
                while (next == null && !isAtEnd) {
                    String line = reader.readLine();
                    isAtEnd = line == null;
                    SnapshotFile file = isAtEnd ? null : parse(line);
                    next = file != null && file.path().compareTo(afterPath) > 0 ? file : null;
                }
            } catch (IOException e) {
                throw FileErrors.translate("read", listing, e);
            }
            return next != null;
        }

        @Override
        public SnapshotFile next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the listing is at its end");
            }
            SnapshotFile result = next;
            next = null;
            return result;
        }

        private SnapshotFile parse(String line) {
            String[] columns = line.split("\t", COLUMNS);
            try {
                return new SnapshotFile(columns[2], Long.parseLong(columns[1]), columns[0]);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new KeyValueStoreException(
                        ErrorCode.SNAPSHOT_FAILED,
                        "listing '" + listing + "' can't be read (expected: identity, size and path)",
                        "Run the backup again, which takes a new snapshot.",
                        e);
            }
        }

        @Override
        public void close() {
            isAtEnd = true;
            next = null;
            try {
                reader.close();
            } catch (IOException | UncheckedIOException e) {
                // Nothing was written; there is nothing to lose.
            }
        }
    }
}
