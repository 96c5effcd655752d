package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.FileListing;
import dev.tidemark.kvs.files.StagingDirectory;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What restores have staged for a keyspace of a node: {@code RESTORE/files/SOURCE/TABLE-ID/COMPONENT}, where the source is the node
 * that was backed up. Thread-safe.
 */
final class StagedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StagedFiles.class);
    private static final String CHECKED = "checked";

    private final Path root;
    private final DataDirectories data;
    private final Fence fence;

    StagedFiles(Path root, DataDirectories data, Fence fence) {
        this.root = root;
        this.data = data;
        this.fence = fence;
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#stage}, for a restore that was admitted. */
    StagingArea open(RestoreId restore) throws IOException {
        DurableFiles.createDirectories(root.getParent());
        StagingDirectory staging = new StagingDirectory(place(restore), restore, fence::check);
        staging.open();
        return staging;
    }

    /** Refuses more than the disk can take, beyond what is staged already. */
    void requireSpace(RestoreId restore, long expectedBytes) throws IOException {
        StagingDirectory staging = new StagingDirectory(place(restore), restore, fence::check);
        long staged = isStaged(restore) ? staging.sizeBytes() : 0;
        long missing = Math.max(0, expectedBytes - staged);
        long usable = usableBytes();
        if (missing > usable) {
            throw FileErrors.diskFull(
                    "restore '" + restore + "' needs " + missing + " more bytes in '" + root + "', " + usable
                            + " bytes are free",
                    null);
        }
    }

    /**
     * Returns how many bytes can be staged and loaded: loading takes no space where staged files can be linked into a data directory,
     * and as much again where they can't.
     */
    long usableBytes() throws IOException {
        Path existing = root;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        var disk = Files.getFileStore(existing);
        long inData = 0;
        for (Path directory : data.roots()) {
            var other = Files.getFileStore(directory);
            if (other.equals(disk)) {
                return disk.getUsableSpace();
            }
            inData += other.getUsableSpace();
        }
        return Math.min(disk.getUsableSpace(), inData);
    }

    boolean isStaged(RestoreId restore) {
        return DurableFiles.isPlainDirectory(StagingDirectory.filesOf(place(restore)));
    }

    /**
     * Returns what is staged, part by part.
     *
     * @throws KeyValueStoreException {@link ErrorCode#NOT_ALLOWED_NOW} when nothing ever was, {@link ErrorCode#MANIFEST_INVALID} when
     *     a file is none of a snapshot of Cassandra
     */
    List<Part> parts(RestoreId restore) throws IOException {
        if (!isStaged(restore)) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "nothing is staged for restore '" + restore + "' in '" + root + "'",
                    "Run 'tidemark resume " + restore + "', which stages the files first.");
        }
        Path files = StagingDirectory.filesOf(place(restore));
        List<Part> parts = new ArrayList<>();
        requireNoFiles(files);
        for (Path source : sorted(files)) {
            requireNoFiles(source);
            for (Path table : sorted(source)) {
                String name = table.getFileName().toString();
                parts.add(new Part(source.getFileName() + "/" + name, DataDirectories.tableOf(name), table));
            }
        }
        return parts;
    }

    private static List<Path> sorted(Path directory) throws IOException {
        return DataDirectories.directoriesIn(directory).stream().sorted().toList();
    }

    private static void requireNoFiles(Path directory) throws IOException {
        for (Path file : Links.filesIn(directory)) {
            throw new KeyValueStoreException(
                    ErrorCode.MANIFEST_INVALID,
                    "'" + file + "' is no file of a node's snapshot (expected: NODE/TABLE-ID/COMPONENT)",
                    "Restore from another backup; the manifest of this one can't be trusted.");
        }
    }

    /**
     * Checks that everything that is staged is whole and intact, unless exactly this was checked before.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} naming the first file that is not
     */
    void requireIntact(RestoreId restore) throws IOException {
        List<Part> parts = parts(restore);
        Path checked = place(restore).resolve(CHECKED);
        byte[] fingerprint = fingerprint(parts);
        if (isContent(checked, fingerprint)) {
            return;
        }
        for (Part part : parts) {
            fence.check(restore);
            ComponentCheck.requireWhole(part);
            ComponentCheck.requireIntact(part);
        }
        DurableFiles.replace(checked, fingerprint);
    }

    /**
     * Checks what {@link #requireIntact} does, before it is loaded. What was found intact and is not any more is removed, so that it is
     * staged again.
     *
     * @throws KeyValueStoreException {@link ErrorCode#NOT_ALLOWED_NOW} when something was removed; as {@link #requireIntact} when it
     *     was never found intact
     */
    void requireStillIntact(RestoreId restore) throws IOException {
        Path checked = place(restore).resolve(CHECKED);
        if (!Files.exists(checked) || isContent(checked, fingerprint(parts(restore)))) {
            requireIntact(restore);
            return;
        }
        List<String> damages = new ArrayList<>();
        for (Part part : parts(restore)) {
            fence.check(restore);
            try {
                ComponentCheck.requireWhole(part);
                ComponentCheck.requireIntact(part);
            } catch (KeyValueStoreException e) {
                if (e.code() != ErrorCode.STORE_DAMAGED) {
                    throw e;
                }
                LOG.warn("what was staged for restore {} was damaged since: {}", restore, e.getMessage());
                damages.add(e.getMessage());
                DurableFiles.deleteTree(part.directory());
            }
        }
        if (!damages.isEmpty()) {
            Files.delete(checked);
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "what was staged for restore '" + restore + "' was damaged since: " + String.join("; ", damages),
                    "Run 'tidemark resume', which stages it again; look for reports of the disk.");
        }
        DurableFiles.replace(checked, fingerprint(parts(restore)));
    }

    private static boolean isContent(Path file, byte[] content) throws IOException {
        try {
            return Arrays.equals(Files.readAllBytes(file), content);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Returns what changes whenever a staged file does: a hash of names, sizes, inodes and times. */
    private static byte[] fingerprint(List<Part> parts) throws IOException {
        MessageDigest hash;
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        for (Part part : parts) {
            for (Path file : Links.filesIn(part.directory())) {
                String line = FileListing.line(SnapshotFiles.describe(file, part.name() + "/" + file.getFileName()));
                hash.update((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return HexFormat.of().formatHex(hash.digest()).getBytes(StandardCharsets.US_ASCII);
    }

    /** Takes the files away by one rename, so that somebody who still stages fails instead of losing some, and removes them. */
    void discard(RestoreId restore) throws IOException {
        Path discarded = root.resolve(".discarded-" + restore.id());
        DurableFiles.deleteTree(discarded);
        try {
            DurableFiles.rename(place(restore), discarded);
            DurableFiles.syncDirectory(root);
        } catch (NoSuchFileException e) {
            return; // never staged, or discarded already
        }
        DurableFiles.deleteTree(discarded);
    }

    private Path place(RestoreId restore) {
        return root.resolve(restore.id());
    }
}
