package dev.tidemark.coordinator.config;

import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.util.SortedSet;
import java.util.function.Supplier;

/** Reaches the oracle when it is first asked for something: a command that needs only the archive works without it. */
final class LazyTimestampClient implements TimestampClient {
    private final Supplier<TimestampClient> opener;
    private TimestampClient opened;

    LazyTimestampClient(Supplier<TimestampClient> opener) {
        this.opener = opener;
    }

    /** Tells whether it was asked for something before. */
    synchronized boolean isOpen() {
        return opened != null;
    }

    @Override
    public SortedSet<String> namespaces() {
        return opened().namespaces();
    }

    @Override
    public NamespaceOracle namespace(String name) {
        return opened().namespace(name);
    }

    @Override
    public NamespaceOracle createNamespace(String name) {
        return opened().createNamespace(name);
    }

    @Override
    public NamespaceOracle createFencedNamespace(String name, String fenceId) {
        return opened().createFencedNamespace(name, fenceId);
    }

    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private synchronized TimestampClient opened() {
        if (opened == null) {
            opened = opener.get();
        }
        return opened;
    }
}
