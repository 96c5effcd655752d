package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.archive.manifest.ManifestStore;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.kvs.CloseableIterator;
import java.util.List;
import java.util.function.Consumer;

/** skeleton */
public final class NamespaceArchive {
    public String namespace() {
        throw new UnsupportedOperationException();
    }

    public ObjectStore store() {
        throw new UnsupportedOperationException();
    }

    /** Returns ns/NS/ + relative. */
    public ObjectKey key(String relative) {
        throw new UnsupportedOperationException();
    }

    public List<ObjectKey> listKeys(String relativePrefix, int limit) {
        throw new UnsupportedOperationException();
    }

    public void forEachKey(String relativePrefix, Consumer<ObjectKey> action) {
        throw new UnsupportedOperationException();
    }

    public SealedDocuments documents() {
        throw new UnsupportedOperationException();
    }

    public ManifestStore manifests() {
        throw new UnsupportedOperationException();
    }

    /** Lists packs, reads index objects; once per run. */
    public ChunkIndex loadIndex() {
        throw new UnsupportedOperationException();
    }

    /** Thread-safe writer; callers' threads do the work. */
    public ChunkWriter chunkWriter(ChunkIndex index) {
        throw new UnsupportedOperationException();
    }

    /** One per thread. */
    public ChunkReader chunkReader(ChunkIndex index) {
        throw new UnsupportedOperationException();
    }

    public FileListWriter fileListWriter() {
        throw new UnsupportedOperationException();
    }

    public CloseableIterator<FileEntry> readFileList(FileListRef list) {
        throw new UnsupportedOperationException();
    }
}
