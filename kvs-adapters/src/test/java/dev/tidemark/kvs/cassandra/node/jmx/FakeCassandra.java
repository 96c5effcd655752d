package dev.tidemark.kvs.cassandra.node.jmx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;

/**
 * A node of one version of Cassandra as its agent sees it: MBeans with that version's signatures over tables of one keyspace, whose
 * SSTables are files in real directories. An SSTable holds rows of text; reading merges them. Thread-safe.
 */
public final class FakeCassandra {
    /** What tells versions apart for an agent. */
    public enum Version {
        /** Palantir's fork of 2.2: column families, snapshots by options of whole keyspaces, nothing to import with, a count of loads. */
        FORK_2_2,
        /** Plain 2.2: snapshots without options, nothing to import with, no count. */
        PLAIN_2_2,
        /** 4.0: imports by moving. */
        V4_0,
        /** 4.1: imports by linking. */
        V4_1,
        /** 5.0: imports with two more parameters. */
        V5_0;

        boolean canImport() {
            return compareTo(V4_0) >= 0;
        }
    }

    private final Version version;
    private final String keyspace;
    private final List<Path> roots;
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final Map<String, FakeTable> tables = new TreeMap<>();
    private final Map<String, Deque<Exception>> failures = new HashMap<>();
    private final Map<String, CountDownLatch> holds = new HashMap<>();
    private final Map<String, CountDownLatch> waiting = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final FakeBean storage = new FakeBean();
    private final List<LocalConnector> connections = new CopyOnWriteArrayList<>();
    private List<FakeCassandra> cluster = List.of(this);
    private boolean isUp = true;
    private String hostId = "8efad4d0-16f1-4e9f-9ed1-697397f96d0a";
    private int created;
    private int lateCalls;

    /** Starts a node. */
    public FakeCassandra(Version version, String keyspace, List<Path> roots) {
        this.version = version;
        this.keyspace = keyspace;
        this.roots = List.copyOf(roots);
        new FakeStorageService(this, storage).fill();
        register("org.apache.cassandra.db:type=StorageService", storage);
    }

    /** Makes one cluster of nodes: what empties a table of one does so with all of them, if all are up. */
    public static void join(List<FakeCassandra> nodes) {
        nodes.forEach(node -> node.cluster = List.copyOf(nodes));
    }

    /** Returns what an agent makes of the way to this node. */
    public Function<NodeJmx.HostCheck, NodeJmx> jmx(JmxOptions.Limits limits) {
        JmxOptions options = JmxOptions.of("fake", 7199).withLimits(limits);
        return check -> new NodeJmx(options, this::connect, check);
    }

    LocalConnector connect() throws IOException {
        requireUp();
        LocalConnector connection = new LocalConnector(server, () -> isUp);
        connections.add(connection);
        return connection;
    }

    List<LocalConnector> connections() {
        return connections;
    }

    /** Creates a table; one of the same name that was dropped before leaves its directory. */
    public synchronized void createTable(String table) {
        String id = String.format("%032x", 0xa0000 + ++created);
        FakeTable fake = new FakeTable(
                version,
                table,
                roots.stream()
                        .map(root -> root.resolve(keyspace).resolve(table + "-" + id))
                        .toList());
        tables.put(table, fake);
        String word = version.canImport() ? "Tables" : "ColumnFamilies";
        String key = version.canImport() ? "table" : "columnfamily";
        FakeBean bean = new FakeBean();
        if (version.canImport()) {
            bean.attribute("DataPaths", fake::paths);
            new FakeImports(this, fake).addTo(bean, version);
        }
        register("org.apache.cassandra.db:type=" + word + ",keyspace=" + keyspace + "," + key + "=" + table, bean);
        String metrics = "org.apache.cassandra.metrics:type=" + (version.canImport() ? "Table" : "ColumnFamily")
                + ",keyspace=" + keyspace + ",scope=" + table + ",name=";
        register(metrics + "LiveSSTableCount", new FakeBean().attribute("Value", fake::sstables));
        register(metrics + "MemtableColumnsCount", new FakeBean().attribute("Value", () -> (long) fake.inMemory()));
    }

    /** Drops a table; its directory and the snapshots in it stay. */
    public synchronized void dropTable(String table) {
        tables.remove(table).clear();
        try {
            for (ObjectName name : server.queryNames(new ObjectName("*:keyspace=" + keyspace + ",*"), null)) {
                if (Set.of(name.getKeyPropertyList().values().toArray()).contains(table)) {
                    server.unregisterMBean(name);
                }
            }
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a row into memory. */
    public void write(String table, String row) {
        table(table).write(row);
    }

    /** Writes what is in memory to an SSTable. */
    public void flush(String table) {
        table(table).flush();
    }

    /** Returns the rows that a reader finds. */
    public SortedSet<String> rows(String table) {
        return table(table).rows();
    }

    /** Returns the directories of a table, the first one of which gets the SSTables. */
    public List<Path> directories(String table) {
        return table(table).directories();
    }

    /** Ends the node and starts it again: it reads what it finds, and memory comes back from the commit log. */
    public synchronized void restart() {
        isUp = true;
        tables.values().forEach(FakeTable::restart);
    }

    /** Lets the node not answer any more. */
    public synchronized void kill() {
        isUp = false;
    }

    /** Makes it another node. */
    public void replaceHost() {
        hostId = "00000000-16f1-4e9f-9ed1-697397f96d0a";
    }

    /** Lets the next call of an operation fail before it has done anything. */
    public synchronized void failNext(String operation, Exception failure) {
        failures.computeIfAbsent(operation, key -> new ArrayDeque<>()).add(failure);
    }

    /** Keeps the next call of an operation from beginning until {@link #release}. */
    public synchronized void hold(String operation) {
        holds.put(operation, new CountDownLatch(1));
    }

    /** Lets the call go on that is held. */
    public synchronized void release(String operation) {
        CountDownLatch held = holds.remove(operation);
        (held == null ? waiting.remove(operation) : held).countDown();
    }

    /** Lets calls begin that come from here on, and goes on keeping those that wait. */
    public synchronized void releaseOnlyLater(String operation) {
        waiting.put(operation, holds.remove(operation));
    }

    /** Returns how many calls have ended, one way or another, after they were kept. */
    public synchronized int lateCalls() {
        return lateCalls;
    }

    /** Lets a table pass over one SSTable that is put into its directory, as over one that can't be read. */
    public void skipNextSSTable(String table) {
        table(table).skipNext();
    }

    /** Returns the operations that were called, with their parameter types. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** Sends a notification as a repair does. */
    void tell(javax.management.Notification notification) {
        storage.sendNotification(notification);
    }

    FakeBean storage() {
        return storage;
    }

    String keyspace() {
        return keyspace;
    }

    String hostId() {
        return hostId;
    }

    Version version() {
        return version;
    }

    synchronized List<FakeTable> tables() {
        return List.copyOf(tables.values());
    }

    synchronized FakeTable table(String table) {
        FakeTable found = tables.get(table);
        if (found == null) {
            throw new IllegalArgumentException("Unknown keyspace/cf pair (" + keyspace + "." + table + ")");
        }
        return found;
    }

    void truncate(String table) throws TimeoutException {
        for (FakeCassandra node : cluster) {
            if (!node.isUp) {
                throw new TimeoutException("Truncate timed out - received only " + (cluster.size() - 1) + " responses");
            }
        }
        cluster.forEach(node -> node.table(table).clear());
    }

    List<Path> roots() {
        return roots;
    }

    /** Notes that a call has ended that was kept. */
    synchronized void end(boolean wasKept) {
        lateCalls += wasKept ? 1 : 0;
    }

    /** Notes a call, and makes it wait or fail if a test wants it; returns whether it has waited. */
    boolean begin(String operation, String signature) throws Exception {
        CountDownLatch held;
        Exception failure;
        synchronized (this) {
            requireUp();
            calls.add(operation + signature);
            held = holds.get(operation);
            Deque<Exception> planned = failures.get(operation);
            failure = planned == null ? null : planned.poll();
        }
        if (held != null) {
            awaitRelease(held, operation);
        }
        if (failure != null) {
            throw failure;
        }
        return held != null;
    }

    /** A node does not hear that whoever has called it is gone. */
    private static void awaitRelease(CountDownLatch held, String operation) {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    if (!held.await(1, TimeUnit.MINUTES)) {
                        throw new IllegalStateException(operation + ": held for too long");
                    }
                    return;
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void requireUp() throws IOException {
        if (!isUp) {
            throw new java.rmi.ConnectException("Connection refused");
        }
    }

    private void register(String name, FakeBean bean) {
        try {
            server.registerMBean(bean, new ObjectName(name));
        } catch (JMException e) {
            throw new IllegalStateException(name, e);
        }
    }

    static UncheckedIOException unchecked(IOException cause) {
        return new UncheckedIOException(cause);
    }
}
