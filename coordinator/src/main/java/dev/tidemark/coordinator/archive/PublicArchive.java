package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.manifest.ManifestReader;
import java.util.List;

/** An archive opened without a key: what is signed can be verified, nothing can be decrypted. */
public final class PublicArchive {
    public ArchiveHeader header() {
        throw new UnsupportedOperationException();
    }

    public List<String> namespaces() {
        throw new UnsupportedOperationException();
    }

    public ManifestReader manifests(String namespace) {
        throw new UnsupportedOperationException();
    }
}
