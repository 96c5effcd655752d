package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.manifest.ManifestReader;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import java.util.List;

/**
 * An archive opened without a key: what is signed can be verified, nothing can be decrypted. The public key is believed from
 * the header; whoever must not trust the archive's place compares {@link ArchiveHeader#signingKeyId} with what was noted when
 * the archive was created. Thread-safe.
 */
public final class PublicArchive {
    private final ObjectStore store;
    private final ArchiveHeader header;

    PublicArchive(ObjectStore store, ArchiveHeader header) {
        this.store = store;
        this.header = header;
    }

    /** Returns the header; it was not authenticated. */
    public ArchiveHeader header() {
        return header;
    }

    /** Returns the names of the namespaces that have a key, ordered. */
    public List<String> namespaces() {
        return Archive.namespaces(store);
    }

    /** Returns the manifests of a namespace; there are none when the namespace does not exist. */
    public ManifestReader manifests(String namespace) {
        return new ManifestReader(store, new NamespaceLayout(namespace), header.archiveId(), header.verifyingKey());
    }
}
