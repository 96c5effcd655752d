package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import dev.tidemark.kvs.files.Steps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Opens agents of nodes that are not real. */
public final class FakeAgents {
    /** The keyspace of all of them. */
    public static final String KEYSPACE = "orders";

    /** Enough for a node that is not real, however slow the machine. */
    public static final JmxOptions.Limits LIMITS =
            new JmxOptions.Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30));

    private FakeAgents() {}

    /** Starts a node whose files are in a directory. */
    public static FakeCassandra node(FakeCassandra.Version version, Path directory) {
        return new FakeCassandra(version, KEYSPACE, roots(directory));
    }

    private static List<Path> roots(Path directory) {
        return List.of(directory.resolve("data1"), directory.resolve("data2"));
    }

    /** Opens the agent of the node whose files are in the directory; it aborts nothing. */
    public static CassandraNode open(FakeCassandra node, Path directory, Steps steps) {
        return open(node, directory, steps, (schemas, seen) -> List.of(), LIMITS);
    }

    /** Opens the agent of the node whose files are in the directory. */
    public static CassandraNode open(
            FakeCassandra node, Path directory, Steps steps, TransactionAborter aborter, JmxOptions.Limits limits) {
        return CassandraNode.open(
                options(directory), aborter, new CassandraNode.Seams(node.jmx(limits), steps, duration -> {}));
    }

    /** Returns the options of that agent. */
    public static CassandraNodeOptions options(Path directory) {
        return CassandraNodeOptions.of(KEYSPACE, JmxOptions.of("fake", 7199), roots(directory))
                .withStateDirectory(directory.resolve("state"))
                .withStagingDirectory(directory.resolve("staging"));
    }
}
