package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The backups of several namespaces, for a process that asks again and again: each manifest is read once. Thread-safe. */
public final class CachedCatalog {
    private final Map<String, ManifestCache> caches = new ConcurrentHashMap<>();

    /** Creates a catalog that knows nothing yet. */
    public CachedCatalog() {}

    /** Returns what {@link Catalog#list} would, and reads only what it has not read before; may wait for another thread that reads. */
    public BackupList list(NamespaceArchive archive) {
        return caches.computeIfAbsent(archive.namespace(), name -> new ManifestCache())
                .list(archive);
    }

    /** Forgets what was read of a namespace. */
    public void forget(String namespace) {
        caches.remove(namespace);
    }
}
