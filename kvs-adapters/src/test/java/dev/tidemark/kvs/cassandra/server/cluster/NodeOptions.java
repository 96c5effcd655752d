package dev.tidemark.kvs.cassandra.server.cluster;

import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options of the virtual machine of a node that are the same whoever runs it. */
public final class NodeOptions {
    /** The system property with the directory that has a directory for each release. */
    private static final String DIRECTORY_PROPERTY = "cassandra.runtimes";

    /** The system property with the heap of a node, as {@code -Xmx} takes it. */
    private static final String HEAP_PROPERTY = "cassandra.heap";

    private static final String DEFAULT_HEAP = "256m";

    /** The system property with more options, separated by spaces; they win over those of the release. */
    private static final String MORE_PROPERTY = "cassandra.jvm";

    private NodeOptions() {}

    /** Returns the directory of a release: its options, and in {@code target} what Maven says of it. */
    public static Path directory(CassandraVersion version) {
        return Path.of(System.getProperty(DIRECTORY_PROPERTY, "../kvs-adapters/src/test/cassandra"))
                .toAbsolutePath()
                .normalize()
                .resolve(version.label());
    }

    /** Returns the file with the options that all nodes of a release have. */
    public static Path file(CassandraVersion version) {
        return directory(version).resolve("jvm.args");
    }

    /** Returns all options but those for JMX and the class path. */
    public static List<String> of(CassandraVersion version, NodePlan node) {
        List<String> options = new ArrayList<>(List.of(
                "@" + file(version),
                "-Xms64m",
                "-Xmx" + System.getProperty(HEAP_PROPERTY, DEFAULT_HEAP),
                "-XX:MaxDirectMemorySize=128m",
                "-Dcassandra.config=" + node.configuration().toUri(),
                "-Dcassandra.storagedir=" + node.stored(),
                "-Dcassandra.triggers_dir=" + node.directory(),
                "-Dcassandra.logdir=" + node.directory(),
                "-Dlogback.configurationFile=" + node.logConfiguration(),
                "-Dcassandra-foreground=yes"));
        options.addAll(List.of(System.getProperty(MORE_PROPERTY, "").strip().split("\\s+")));
        options.removeIf(String::isEmpty);
        return options;
    }
}
