package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which keyspace of which node an agent serves.
 *
 * @param keyspace its name, as Cassandra has it
 * @param jmx how to reach the node
 * @param dataDirectories all data directories of the node, at least one; they hold {@code keyspace/table-id/...}
 * @param stateDirectory what the agent has to remember, in a directory of the keyspace's name; must outlive the agent
 * @param stagingDirectory where restores collect files, in a directory of the keyspace's name; on the file system of the data
 *     directories, so that files can be linked from there, or else they are copied once more
 */
public record CassandraNodeOptions(
        String keyspace, JmxOptions jmx, List<Path> dataDirectories, Path stateDirectory, Path stagingDirectory) {
    private static final Pattern KEYSPACE = Pattern.compile("\\w{1,48}");

    /** Makes the paths absolute. */
    public CassandraNodeOptions {
        if (!KEYSPACE.matcher(keyspace).matches()) {
            throw new IllegalArgumentException(
                    "keyspace: '" + keyspace + "' (expected: 1 to 48 letters, digits and underscores)");
        }
        if (dataDirectories.isEmpty()) {
            throw new IllegalArgumentException("dataDirectories: none (expected: those of the node)");
        }
        dataDirectories =
                dataDirectories.stream().map(CassandraNodeOptions::absolute).toList();
        stateDirectory = absolute(stateDirectory);
        stagingDirectory = absolute(stagingDirectory);
    }

    /** Returns the options with state and staging in {@code tidemark/} beside the first data directory. */
    public static CassandraNodeOptions of(String keyspace, JmxOptions jmx, List<Path> dataDirectories) {
        if (dataDirectories.isEmpty()) {
            throw new IllegalArgumentException("dataDirectories: none (expected: those of the node)");
        }
        Path own = absolute(dataDirectories.get(0)).resolveSibling("tidemark");
        return new CassandraNodeOptions(keyspace, jmx, dataDirectories, own.resolve("state"), own.resolve("staging"));
    }

    /** Returns the same with another state directory. */
    public CassandraNodeOptions withStateDirectory(Path directory) {
        return new CassandraNodeOptions(keyspace, jmx, dataDirectories, directory, stagingDirectory);
    }

    /** Returns the same with another staging directory. */
    public CassandraNodeOptions withStagingDirectory(Path directory) {
        return new CassandraNodeOptions(keyspace, jmx, dataDirectories, stateDirectory, directory);
    }

    /** Returns where the agent keeps its state. */
    Path ownState() {
        return stateDirectory.resolve(keyspace);
    }

    /** Returns where the restores of this keyspace stage files. */
    Path ownStaging() {
        return stagingDirectory.resolve(keyspace);
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
