package dev.tidemark.coordinator.archive.filelist;

/** skeleton */
public final class FileListWriter {
    public void add(FileEntry file) {
        throw new UnsupportedOperationException();
    }

    public FileListRef finish() {
        throw new UnsupportedOperationException();
    }
}
