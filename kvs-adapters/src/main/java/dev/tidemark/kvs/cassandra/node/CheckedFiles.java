package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.SnapshotFile;
import java.util.function.Consumer;

/** A listing of which each file is looked at when its turn comes. */
final class CheckedFiles implements CloseableIterator<SnapshotFile> {
    private final CloseableIterator<SnapshotFile> files;
    private final Consumer<SnapshotFile> check;

    CheckedFiles(CloseableIterator<SnapshotFile> files, Consumer<SnapshotFile> check) {
        this.files = files;
        this.check = check;
    }

    @Override
    public boolean hasNext() {
        return files.hasNext();
    }

    @Override
    public SnapshotFile next() {
        SnapshotFile file = files.next();
        check.accept(file);
        return file;
    }

    @Override
    public void close() {
        files.close();
    }
}
