package dev.tidemark.kvs.cassandra.node.jmx;

import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra.Version;
import dev.tidemark.kvs.files.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The bean of a {@link FakeCassandra} that speaks for the node. */
final class FakeStorageService {
    private final FakeCassandra node;
    private final FakeBean bean;

    FakeStorageService(FakeCassandra node, FakeBean bean) {
        this.node = node;
        this.bean = bean;
    }

    void fill() {
        boolean isRecent = node.version().canImport();
        bean.attribute("LocalHostId", node::hostId)
                .attribute("ClusterName", () -> "fakes")
                .attribute("ReleaseVersion", () -> node.version().name())
                .attribute("Tokens", () -> new ArrayList<>(List.of("80")))
                .attribute("UnreachableNodes", () -> new ArrayList<>(List.of("10.0.0.3")))
                .attribute(
                        isRecent ? "HostIdToEndpointWithPort" : "HostIdToEndpoint",
                        () -> new HashMap<>(Map.of(node.hostId(), isRecent ? "10.0.0.1:17000" : "10.0.0.1")));
        if (node.version() != Version.PLAIN_2_2) {
            bean.operation(
                    "takeSnapshot",
                    arguments -> snapshot("(tag, options, entities)", arguments[0], (Object[]) arguments[2]),
                    String.class,
                    Map.class,
                    String[].class);
        }
        bean.operation(
                "takeSnapshot",
                arguments -> snapshot("(tag, keyspaces)", arguments[0], (Object[]) arguments[1]),
                String.class,
                String[].class);
        if (isRecent) {
            bean.operation(
                    "clearSnapshot",
                    arguments -> clear("(options, tag, keyspaces)", (String) arguments[1]),
                    Map.class,
                    String.class,
                    String[].class);
        }
        bean.operation(
                        "clearSnapshot",
                        arguments -> clear("(tag, keyspaces)", (String) arguments[0]),
                        String.class,
                        String[].class)
                .operation("truncate", arguments -> truncate((String) arguments[1]), String.class, String.class)
                .operation("loadNewSSTables", arguments -> load((String) arguments[1]), String.class, String.class)
                .operation("forceKeyspaceCleanup", this::cleanup, String.class, String[].class);
        if (node.version() == Version.FORK_2_2) {
            bean.operation(
                    "loadNewSSTablesWithCount", arguments -> load((String) arguments[1]), String.class, String.class);
        }
    }

    private Object snapshot(String signature, Object tag, Object[] keyspaces) throws Exception {
        boolean wasKept = node.begin("takeSnapshot", signature);
        try {
            return snapshot(tag, keyspaces);
        } finally {
            node.end(wasKept);
        }
    }

    private Object snapshot(Object tag, Object[] keyspaces) throws Exception {
        if (!List.of(keyspaces).equals(List.of(node.keyspace()))) {
            throw new IOException("Keyspace " + List.of(keyspaces) + " does not exist");
        }
        for (FakeTable table : node.tables()) {
            if (table.hasSnapshot((String) tag)) {
                throw new IOException("Snapshot " + tag + " already exists.");
            }
        }
        for (FakeTable table : node.tables()) {
            node.begin("snapshot of table", "");
            table.snapshot((String) tag);
        }
        return null;
    }

    private Object clear(String signature, String tag) throws Exception {
        node.begin("clearSnapshot", signature);
        for (Path root : node.roots()) {
            Path keyspace = root.resolve(node.keyspace());
            if (Files.exists(keyspace)) {
                try (DirectoryStream<Path> tables = Files.newDirectoryStream(keyspace)) {
                    for (Path table : tables) {
                        DurableFiles.deleteTree(table.resolve("snapshots").resolve(tag));
                    }
                }
            }
        }
        return null;
    }

    private Object truncate(String table) throws Exception {
        node.begin("truncate", "(" + table + ")");
        node.truncate(table);
        return null;
    }

    private Object load(String table) throws Exception {
        node.begin("loadNewSSTables", "(" + table + ")");
        return node.table(table).loadNew();
    }

    private Object cleanup(Object[] arguments) throws Exception {
        node.begin("forceKeyspaceCleanup", "(keyspace, tables)");
        return 0;
    }
}
