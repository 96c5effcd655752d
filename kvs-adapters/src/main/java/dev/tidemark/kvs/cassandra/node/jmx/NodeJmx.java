package dev.tidemark.kvs.cassandra.node.jmx;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.FileErrors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.management.ObjectName;

/**
 * What a node of Cassandra does when it is asked by JMX. Blocks; thread-safe. Every method throws {@link KeyValueStoreException} with
 * {@link ErrorCode#STORE_UNAVAILABLE} when the node can't be reached, is another one than expected, or does not answer in time. What
 * was asked may be done nevertheless then, also later.
 */
public final class NodeJmx implements AutoCloseable {
    private static final String STRING = String.class.getName();
    private static final String STRINGS = String[].class.getName();
    private static final String MAP = Map.class.getName();
    private static final Refusal UNAVAILABLE =
            new Refusal(ErrorCode.STORE_UNAVAILABLE, "Look into the log of the node, then run the same command again.");
    private static final Refusal DAMAGED = new Refusal(
            ErrorCode.STORE_DAMAGED, "Look into the log of the node for the SSTable, and restore another backup.");

    private final JmxOptions options;
    private final JmxConnection connection;

    /**
     * Names a node; connects to nothing.
     *
     * @param expected refuses a node with another host id than the expected one, by throwing {@link KeyValueStoreException}
     */
    public NodeJmx(JmxOptions options, HostCheck expected) {
        this.options = options;
        this.connection = new JmxConnection(options, handshake(options, expected));
    }

    NodeJmx(JmxOptions options, JmxConnection.Connecting connecting, HostCheck expected) {
        this.options = options;
        this.connection = new JmxConnection(options, connecting, handshake(options, expected));
    }

    private static JmxConnection.Handshake handshake(JmxOptions options, HostCheck expected) {
        return session -> {
            if (!session.connection().isRegistered(Beans.STORAGE_SERVICE)) {
                throw new JmxErrors(options).notCassandra(Beans.STORAGE_SERVICE.toString());
            }
            expected.check((String) session.attribute(Beans.STORAGE_SERVICE, "LocalHostId"));
        };
    }

    /** Looks at who answers, each time that a connection is made. */
    @FunctionalInterface
    public interface HostCheck {
        /** Returns, or throws {@link KeyValueStoreException} when it is the wrong node. */
        void check(String hostId);
    }

    /** Asks the node who it is. */
    public NodeIdentity identity() {
        return ask("ask the node for its identity", session -> {
            String hostId = (String) session.attribute(Beans.STORAGE_SERVICE, "LocalHostId");
            return new NodeIdentity(
                    hostId,
                    Beans.addressOf(session, hostId),
                    (String) session.attribute(Beans.STORAGE_SERVICE, "ClusterName"),
                    (String) session.attribute(Beans.STORAGE_SERVICE, "ReleaseVersion"),
                    Beans.strings(session.attribute(Beans.STORAGE_SERVICE, "Tokens")));
        });
    }

    /** Returns the names of all tables of a keyspace; empty when there is no such keyspace. */
    public SortedSet<String> tables(String keyspace) {
        return ask("list the tables of keyspace '" + keyspace + "'", session -> Beans.tables(session, keyspace));
    }

    /** Returns how much the node holds of a table. */
    public TableContent content(String keyspace, String table) {
        return ask("look into table '" + table + "'", session -> Beans.content(session, keyspace, table));
    }

    /** Returns the names of the directories of a table, one for each data directory; empty where the version does not say. */
    public SortedSet<String> directoryNames(String keyspace, String table) {
        return ask("ask for the directories of table '" + table + "'", session -> {
            ObjectName bean = Beans.table(session, keyspace, table);
            if (!session.hasAttribute(bean, "DataPaths")) {
                return new TreeSet<>();
            }
            SortedSet<String> names = new TreeSet<>();
            for (String path : Beans.strings(session.attribute(bean, "DataPaths"))) {
                names.add(Path.of(path).getFileName().toString());
            }
            return names;
        });
    }

    /**
     * Takes a snapshot of all tables of a keyspace, with what is in memory.
     *
     * @throws KeyValueStoreException {@link ErrorCode#SNAPSHOT_FAILED} when there is one with this tag, or it can't be taken; part of
     *     it may be there
     */
    public void takeSnapshot(String keyspace, String tag) {
        String action = "take snapshot '" + tag + "' of keyspace '" + keyspace + "'";
        Refusal refusal =
                new Refusal(ErrorCode.SNAPSHOT_FAILED, "Look into the log of the node; run the backup again.");
        call(action, options.limits().snapshot(), refusal, session -> {
            if (session.has(Beans.STORAGE_SERVICE, "takeSnapshot", STRING, MAP, STRINGS)) {
                return session.invoke(
                        Beans.STORAGE_SERVICE,
                        "takeSnapshot",
                        Arrays.asList(tag, none(), new String[] {keyspace}),
                        STRING,
                        MAP,
                        STRINGS);
            }
            return session.invoke(
                    Beans.STORAGE_SERVICE,
                    "takeSnapshot",
                    Arrays.asList(tag, new String[] {keyspace}),
                    STRING,
                    STRINGS);
        });
    }

    /** Removes a snapshot of all tables of a keyspace, dropped ones included; does nothing when there is none. */
    public void clearSnapshot(String keyspace, String tag) {
        String action = "remove snapshot '" + tag + "' of keyspace '" + keyspace + "'";
        call(action, options.limits().question(), UNAVAILABLE, session -> {
            if (session.has(Beans.STORAGE_SERVICE, "clearSnapshot", MAP, STRING, STRINGS)) {
                return session.invoke(
                        Beans.STORAGE_SERVICE,
                        "clearSnapshot",
                        Arrays.asList(none(), tag, new String[] {keyspace}),
                        MAP,
                        STRING,
                        STRINGS);
            }
            return session.invoke(
                    Beans.STORAGE_SERVICE,
                    "clearSnapshot",
                    Arrays.asList(tag, new String[] {keyspace}),
                    STRING,
                    STRINGS);
        });
    }

    /** Tells whether the version can import SSTables from any directory; {@link #loadNewSSTables} is what it has otherwise. */
    public boolean canImport(String keyspace, String table) {
        return ask(
                "look at table '" + table + "'",
                session -> Importing.isPossible(session, Beans.table(session, keyspace, table)));
    }

    /**
     * Imports all SSTables in a directory, which the node may empty: all of them or none. Tokens are not compared, because files of
     * another topology are wanted, and neither are digests, because the caller has done so.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when the node can't read them
     */
    public void importSSTables(String keyspace, String table, Path directory) {
        String action = "import SSTables into table '" + table + "'";
        List<String> failed = call(
                action,
                options.limits().work(),
                DAMAGED,
                session -> Importing.run(session, Beans.table(session, keyspace, table), directory));
        if (!failed.isEmpty()) {
            throw refused(action, DAMAGED, "the node has refused the files in " + failed, null);
        }
    }

    /**
     * Makes a table read the SSTables that were put into its directories.
     *
     * @return how many it has found that it can read, where the version says so; it passes over the others
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when the node can't read them
     */
    public OptionalInt loadNewSSTables(String keyspace, String table) {
        List<String> arguments = List.of(keyspace, table);
        return call(
                "load new SSTables of table '" + table + "'", options.limits().work(), DAMAGED, session -> {
                    if (session.has(Beans.STORAGE_SERVICE, "loadNewSSTablesWithCount", STRING, STRING)) {
                        return OptionalInt.of((int) session.invoke(
                                Beans.STORAGE_SERVICE, "loadNewSSTablesWithCount", arguments, STRING, STRING));
                    }
                    session.invoke(Beans.STORAGE_SERVICE, "loadNewSSTables", arguments, STRING, STRING);
                    return OptionalInt.empty();
                });
    }

    /** Empties a table on all nodes of the cluster. */
    public void truncate(String keyspace, String table) {
        String action = "empty table '" + table + "' on all nodes";
        Refusal refusal = new Refusal(
                ErrorCode.STORE_UNAVAILABLE, "Start all nodes of the cluster, then run the same command again.");
        try {
            call(
                    action,
                    options.limits().work(),
                    refusal,
                    session -> session.invoke(
                            Beans.STORAGE_SERVICE, "truncate", List.of(keyspace, table), STRING, STRING));
        } catch (KeyValueStoreException e) {
            throw withUnreachable(e);
        }
    }

    /**
     * Makes the replicas of the tables equal in the node's primary ranges, and waits until it is done.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when it has failed, with the reason that the node gives
     */
    public void repair(String keyspace, Set<String> tables, RepairProgress progress) {
        String action = "repair keyspace '" + keyspace + "'";
        Refusal refusal = new Refusal(
                ErrorCode.STORE_UNAVAILABLE, "Start all nodes of the cluster, then run the same command again.");
        try {
            call(action, options.limits().work(), refusal, session -> {
                new Repair(session, progress).run(keyspace, tables);
                return null;
            });
        } catch (KeyValueStoreException e) {
            throw withUnreachable(e);
        }
    }

    /** Removes from the tables of a keyspace what is outside of the node's ranges, and waits until it is done. */
    public void cleanup(String keyspace) {
        String action = "clean up keyspace '" + keyspace + "'";
        Object status = call(
                action,
                options.limits().work(),
                UNAVAILABLE,
                session -> session.invoke(
                        Beans.STORAGE_SERVICE,
                        "forceKeyspaceCleanup",
                        Arrays.asList(keyspace, new String[0]),
                        STRING,
                        STRINGS));
        if (!Integer.valueOf(0).equals(status)) {
            throw refused(action, UNAVAILABLE, "the node has given up, status " + status, null);
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Says which nodes are down, if the node can say so: the first thing to know when something has failed that needs them all. */
    private KeyValueStoreException withUnreachable(KeyValueStoreException failure) {
        List<String> down;
        try {
            down = ask(
                    "ask for the nodes that are down",
                    session -> Beans.strings(session.attribute(Beans.STORAGE_SERVICE, "UnreachableNodes")));
        } catch (KeyValueStoreException e) {
            return failure;
        }
        return down.isEmpty()
                ? failure
                : new KeyValueStoreException(
                        failure.code(),
                        failure.getMessage() + "; nodes that are down: " + down,
                        failure.hint(),
                        failure);
    }

    private <T> T ask(String action, JmxConnection.Call<T> call) {
        return call(action, options.limits().question(), UNAVAILABLE, call);
    }

    private <T> T call(String action, Duration limit, Refusal refusal, JmxConnection.Call<T> call) {
        try {
            return connection.call(action, limit, call);
        } catch (CallRefusedException e) {
            throw refused(action, refusal, e.getMessage(), e);
        }
    }

    /** Returns no options, in a class that every version of Java has. */
    private static Map<String, String> none() {
        return new HashMap<>();
    }

    private static KeyValueStoreException refused(String action, Refusal refusal, String reason, Exception cause) {
        String message = "cannot " + action + ": " + reason;
        if (FileErrors.saysDiskFull(reason)) {
            return FileErrors.diskFull(message, cause);
        }
        if (reason.toLowerCase(Locale.ROOT).contains("permission")) {
            return new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE, message, "Run the agent as the user that Cassandra runs as.", cause);
        }
        return new KeyValueStoreException(refusal.code(), message, refusal.hint(), cause);
    }

    /** What it means when the node answers that it can't. */
    private record Refusal(ErrorCode code, String hint) {}
}
