package dev.tidemark.timestamp.oracle;

import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.util.SortedSet;

/** Uses oracles in the same process. Closing it closes neither them nor their leases, which have an owner of their own. */
public final class InProcessTimestampClient implements TimestampClient {
    private final TimestampOracles oracles;

    /** Creates a client of oracles that somebody else closes. */
    public InProcessTimestampClient(TimestampOracles oracles) {
        this.oracles = oracles;
    }

    @Override
    public SortedSet<String> namespaces() {
        return oracles.namespaces();
    }

    @Override
    public NamespaceOracle namespace(String name) {
        return oracles.get(name);
    }

    @Override
    public NamespaceOracle createNamespace(String name) {
        return oracles.create(name);
    }

    @Override
    public NamespaceOracle createFencedNamespace(String name, String fenceId) {
        return oracles.createFenced(name, fenceId);
    }

    @Override
    public void close() {}
}
