package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.ServerProvider;
import dev.tidemark.kvs.cassandra.server.cluster.ClusterPlan;
import dev.tidemark.kvs.cassandra.server.cluster.StartedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Runs nodes as child processes of this JVM. Needs what Maven resolves, and Linux. */
public final class ForkedProvider implements ServerProvider {
    @Override
    public String name() {
        return "forked";
    }

    @Override
    public CassandraServers start(ClusterShape shape) {
        try {
            ServerRuntime runtime = ServerRuntime.of(shape.version());
            ClusterPlan plan = ClusterPlan.create(shape);
            plan.write();
            List<ForkedServer> nodes = plan.nodes().stream()
                    .map(node -> new ForkedServer(runtime, node))
                    .toList();
            return new StartedServers(shape, nodes, this, () -> {})
                    .start(() -> takeClassesOfFirst(runtime.archive(), nodes.get(0)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void takeClassesOfFirst(ClassArchive archive, ForkedServer node) throws IOException {
        if (!archive.exists()) {
            node.start();
            archive.take(node);
        }
    }
}
