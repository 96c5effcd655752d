package dev.tidemark.coordinator.archive.filelist;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.Compression;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.ObjectType;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes one file list as a row of objects of about 4 MiB before compression, while the entries come in; holds one such part
 * in memory. A list that is not finished leaves objects that nothing refers to. Not thread-safe.
 */
public final class FileListWriter {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final Sealer sealer;
    private final int chunkSize;
    private final List<FileListRef.Part> parts = new ArrayList<>();

    private ByteFields content = new ByteFields();
    private int entries;
    private String firstPath = "";
    private String lastPath = "";

    /** Begins a list. */
    public FileListWriter(ObjectStore store, NamespaceLayout layout, Sealer sealer, int chunkSize) {
        this.store = store;
        this.layout = layout;
        this.sealer = sealer;
        this.chunkSize = chunkSize;
    }

    /**
     * Adds a file.
     *
     * @throws IllegalArgumentException when its path is not greater (as a Java string) than the one before, or its number of
     *     chunks does not follow from its size
     * @throws CoordinatorException {@link ErrorCode#SNAPSHOT_FAILED} when its path can't be archived, and as
     *     {@link ObjectStore#create}
     */
    public void add(FileEntry file) {
        if (file.path().compareTo(lastPath) <= 0) {
            throw new IllegalArgumentException(
                    "path: '" + file.path() + "' (expected: greater than '" + lastPath + "')");
        }
        requireArchivable(file);
        FileListFormat.requireChunks(file, chunkSize);
        if (entries == 0) {
            firstPath = file.path();
        }
        FileListFormat.write(file, content);
        lastPath = file.path();
        entries++;
        if (content.size() >= FileListFormat.TARGET_BYTES) {
            writePart();
        }
    }

    /**
     * Writes the rest; everything is durable on return. The writer can't be used afterwards.
     *
     * @throws CoordinatorException as {@link ObjectStore#create}
     */
    public FileListRef finish() {
        if (entries > 0) {
            writePart();
        }
        return new FileListRef(parts);
    }

    private void writePart() {
        ObjectId id = ObjectId.of(sealer.randomBytes(ObjectId.BYTES));
        ObjectKey key = layout.fileList(id);
        byte[] sealed = sealer.seal(ObjectType.FILE_LIST, key.value(), Compression.pack(content.toArray()));
        store.createOrConfirm(key, ByteBuffer.wrap(sealed));
        String hash = HexFormat.of().formatHex(FileListFormat.sha256().digest(sealed));
        parts.add(new FileListRef.Part(id, hash, sealed.length, entries, firstPath, lastPath));
        content = new ByteFields();
        entries = 0;
    }

    private static void requireArchivable(FileEntry file) {
        try {
            FilePath.check(file.path());
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.SNAPSHOT_FAILED,
                    "a file of the snapshot can't be archived: " + e.getMessage(),
                    "Rename or remove the file in the store's data directory.",
                    e);
        }
    }
}
