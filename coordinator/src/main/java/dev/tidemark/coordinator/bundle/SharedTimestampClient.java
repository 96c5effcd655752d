package dev.tidemark.coordinator.bundle;

import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.util.SortedSet;

/** An oracle that others go on using: closing this does not close it. */
record SharedTimestampClient(TimestampClient shared) implements TimestampClient {
    @Override
    public SortedSet<String> namespaces() {
        return shared.namespaces();
    }

    @Override
    public NamespaceOracle namespace(String name) {
        return shared.namespace(name);
    }

    @Override
    public NamespaceOracle createNamespace(String name) {
        return shared.createNamespace(name);
    }

    @Override
    public NamespaceOracle createFencedNamespace(String name, String fenceId) {
        return shared.createFencedNamespace(name, fenceId);
    }

    @Override
    public void close() {
        // The application closes it.
    }
}
