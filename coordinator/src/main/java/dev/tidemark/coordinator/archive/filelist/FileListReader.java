package dev.tidemark.coordinator.archive.filelist;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.Compression;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.ObjectType;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Streams the entries of a file list in the order of their paths; holds one part in memory. {@link #hasNext} and
 * {@link #next} throw {@link CoordinatorException}: {@link ErrorCode#OBJECT_MISSING} and {@link ErrorCode#OBJECT_DAMAGED} when
 * a part is not there or not what the reference says, {@link ErrorCode#MANIFEST_INVALID} when an entry has a path or another
 * value that is not acceptable. Not thread-safe.
 */
public final class FileListReader implements CloseableIterator<FileEntry> {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final Sealer sealer;
    private final int chunkSize;
    private final Iterator<FileListRef.Part> parts;

    private FileListRef.Part part;
    private ByteBuffer content = ByteBuffer.allocate(0);
    private int entriesLeft;
    private String lastPath = "";

    /** Begins to read a list. */
    public FileListReader(ObjectStore store, NamespaceLayout layout, Sealer sealer, int chunkSize, FileListRef list) {
        this.store = store;
        this.layout = layout;
        this.sealer = sealer;
        this.chunkSize = chunkSize;
        parts = list.parts().iterator();
    }

    /** Reads an object of a list and checks it against its hash. */
    private static byte[] readVerified(ObjectStore store, NamespaceLayout layout, FileListRef.Part part) {
        byte[] sealed = store.read(layout.fileList(part.object()));
        String hash = HexFormat.of().formatHex(FileListFormat.sha256().digest(sealed));
        if (sealed.length != part.sizeBytes() || !hash.equals(part.sha256())) {
            throw FormatErrors.damaged(
                    layout.fileList(part.object()).value(), "it is not the object that the manifest names");
        }
        return sealed;
    }

    @Override
    public boolean hasNext() {
        return entriesLeft > 0 || parts.hasNext();
    }

    @Override
    public FileEntry next() {
        if (entriesLeft == 0) {
            openPart();
        }
        FileEntry file = readEntry();
        boolean isFirst = entriesLeft == part.entries();
        entriesLeft--;
        if (file.path().compareTo(lastPath) <= 0) {
            throw invalid("path '" + file.path() + "' follows '" + lastPath + "' (expected: a greater one)", null);
        }
        lastPath = file.path();
        if ((isFirst && !file.path().equals(part.firstPath()))
                || (entriesLeft == 0 && (!file.path().equals(part.lastPath()) || content.hasRemaining()))) {
            throw invalid("its first or last entry is not the one that the manifest names", null);
        }
        return file;
    }

    @Override
    public void close() {
        content = ByteBuffer.allocate(0);
    }

    private void openPart() {
        if (!parts.hasNext()) {
            throw new NoSuchElementException("the list has ended");
        }
        part = parts.next();
        String name = layout.fileList(part.object()).value();
        byte[] plaintext = sealer.open(ObjectType.FILE_LIST, name, readVerified(store, layout, part));
        content = ByteBuffer.wrap(Compression.unpack(plaintext, FileListFormat.MAX_PART_BYTES, name));
        entriesLeft = part.entries();
    }

    private FileEntry readEntry() {
        try {
            return FileListFormat.read(content, chunkSize);
        } catch (BufferUnderflowException e) {
            throw invalid("it has fewer entries than the manifest says", e);
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage(), e);
        }
    }

    private CoordinatorException invalid(String problem, Exception cause) {
        return new CoordinatorException(
                ErrorCode.MANIFEST_INVALID,
                "file list '" + layout.fileList(part.object()) + "' is not acceptable: " + problem,
                "Do not restore this backup; find out who wrote it.",
                cause);
    }
}
