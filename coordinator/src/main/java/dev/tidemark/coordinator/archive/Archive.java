package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import java.util.List;

/** skeleton */
public final class Archive {
    public static Archive create(ObjectStore store, ArchiveKey key, ArchiveSeams seams) {
        throw new UnsupportedOperationException();
    }

    public static Archive open(ObjectStore store, ArchiveKey key, ArchiveSeams seams) {
        throw new UnsupportedOperationException();
    }

    public static Archive open(ObjectStore store, ArchiveKey key, ArchiveSeams seams, String expectedArchiveId) {
        throw new UnsupportedOperationException();
    }

    public static PublicArchive openForVerification(ObjectStore store) {
        throw new UnsupportedOperationException();
    }

    public String id() {
        throw new UnsupportedOperationException();
    }

    public ArchiveHeader header() {
        throw new UnsupportedOperationException();
    }

    public ObjectStore store() {
        throw new UnsupportedOperationException();
    }

    public List<String> namespaces() {
        throw new UnsupportedOperationException();
    }

    /** UNKNOWN_NAMESPACE, KEY_DESTROYED. */
    public NamespaceArchive namespace(String name) {
        throw new UnsupportedOperationException();
    }

    /** Creates, or opens when there. */
    public NamespaceArchive createNamespace(String name) {
        throw new UnsupportedOperationException();
    }

    public void addKey(ArchiveKey key) {
        throw new UnsupportedOperationException();
    }
}
