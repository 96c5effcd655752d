package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.raft.RaftBoundStore;
import dev.tidemark.timestamp.raft.RaftServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers in this process; each process of the contract has one of them. A cluster takes seconds to form, and a server one to
 * end: so each test begins with a copy of a cluster that has just been created, and those of earlier tests end in the background.
 */
class RaftBoundStoreIT extends SharedBoundStoreContract {
    @TempDir
    private static Path directory;

    private static ExecutorService ends;
    private static RaftServers template;
    private static int copies;

    private RaftServers servers;
    private List<RaftBoundStore> stores;
    private int taken;

    @BeforeAll
    static void createCluster() throws Exception {
        ends = Executors.newCachedThreadPool();
        template = new RaftServers(directory.resolve("template"), 3).withElections(Duration.ofMillis(100));
        template.create();
        template.openAll().forEach(RaftBoundStore::close);
    }

    @AfterAll
    static void awaitEnds() throws InterruptedException {
        ends.shutdown();
        if (!ends.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new AssertionError("servers have not ended within a minute");
        }
    }

    @Override
    BoundStore open() throws Exception {
        copies++;
        servers = template.copiedTo(directory.resolve("copy-" + copies));
        return start();
    }

    @Override
    BoundStore reopen(BoundStore closed) throws Exception {
        stores.forEach(RaftBoundStore::close);
        return start();
    }

    @Override
    SharedBoundStore another() {
        taken++;
        return stores.get(taken % 3);
    }

    @Override
    @AfterEach
    void closeStore() {
        stopServers();
    }

    private BoundStore start() throws Exception {
        servers.awaitPorts();
        stores = servers.openAll();
        return stores.get(0);
    }

    private void stopServers() {
        stores.forEach(store -> ends.execute(store::close));
    }
}
