package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.raft.RaftBoundStore;
import dev.tidemark.timestamp.raft.RaftServers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Three servers in this process; each process of the contract has one of them. */
class RaftBoundStoreIT extends SharedBoundStoreContract {
    /** Has a cluster that has just been created; each test begins with a copy, as a cluster takes seconds to form. */
    @TempDir
    private static Path created;

    private static RaftServers template;

    @TempDir
    private Path directory;

    private RaftServers servers;
    private List<RaftBoundStore> stores;
    private int taken;

    @BeforeAll
    static void createCluster() throws Exception {
        template = new RaftServers(created, 3);
        template.create();
        template.openAll().forEach(RaftBoundStore::close);
    }

    @Override
    BoundStore open() throws Exception {
        servers = template.copiedTo(directory);
        stores = servers.openAll();
        return stores.get(0);
    }

    @Override
    BoundStore reopen(BoundStore closed) throws Exception {
        stores.forEach(RaftBoundStore::close);
        stores = servers.openAll();
        return stores.get(0);
    }

    /** The others of a test with many live in one process each, too, and share its server. */
    @Override
    SharedBoundStore another() {
        taken++;
        return stores.get(taken % 3);
    }

    @AfterEach
    void stopServers() {
        stores.forEach(RaftBoundStore::close);
    }
}
