package dev.tidemark.kvs.cassandra.server.ring;

import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The nodes of a cluster, asked until they agree. */
public final class Ring {
    /** Far above what any machine needs: a node starts in 3 s on an idle one, in 80 s on one that has ten times too much to do. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    /** Cassandra's own, and one with which a node bears silence for some seconds instead of twenty. */
    private static final double PATIENT = 8;

    private static final double IMPATIENT = 2;

    private final List<CassandraServer> nodes;

    /** @param nodes all of the cluster */
    public Ring(List<? extends CassandraServer> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Waits until each node serves CQL and sees each as up, in its latest life.
     *
     * @throws IllegalStateException if one is not running, is paused, or ends meanwhile
     * @throws org.awaitility.core.ConditionTimeoutException if that isn't so in time
     */
    public void awaitAllUp() {
        awaitAgreement(nodes);
    }

    /**
     * Waits until a node serves CQL.
     *
     * @throws IllegalStateException if it is not running, is paused, or ends meanwhile
     * @throws org.awaitility.core.ConditionTimeoutException if that isn't so in time
     */
    public static void awaitServing(CassandraServer node) {
        awaitAgreement(List.of(node));
    }

    /**
     * Waits until every other node that runs and isn't paused sees a node as down, and all of those as up. Makes them impatient for
     * that time.
     *
     * @throws IllegalStateException if the node is running and isn't paused
     * @throws org.awaitility.core.ConditionTimeoutException if that isn't so in time
     */
    public void awaitSeenDown(CassandraServer down) {
        if (isUp(down)) {
            throw new IllegalStateException(down.name() + ": running (expected: killed, stopped or paused)");
        }
        List<CassandraServer> others = nodes.stream().filter(Ring::isUp).toList();
        List<NodeWatch> watches = others.stream().map(NodeWatch::new).toList();
        try {
            watches.forEach(watch -> watch.setConvictThreshold(IMPATIENT));
            until("the others see " + down.name() + " as down", () -> watches.stream()
                    .map(NodeWatch::view)
                    .allMatch(view ->
                            view.isServing() && !view.other(down.storage()).isUp()));
        } finally {
            watches.forEach(watch -> watch.setConvictThreshold(PATIENT));
            watches.forEach(NodeWatch::close);
        }
        awaitAgreement(others);
    }

    private static void awaitAgreement(List<CassandraServer> nodes) {
        for (CassandraServer node : nodes) {
            until(node.name() + " takes connections", () -> {
                requireUp(node);
                return NodeWatch.listens(node);
            });
        }
        List<NodeWatch> watches = nodes.stream().map(NodeWatch::new).toList();
        try {
            until("each of these serves and sees the others as up: " + names(nodes), () -> {
                nodes.forEach(Ring::requireUp);
                List<NodeView> views = watches.stream().map(NodeWatch::view).toList();
                return views.stream().allMatch(NodeView::isServing)
                        && views.stream().allMatch(view -> seesAll(view, nodes, views));
            });
        } finally {
            watches.forEach(NodeWatch::close);
        }
    }

    /** A node may see another one as up before it has heard of its tokens. */
    private static boolean seesAll(NodeView view, List<CassandraServer> nodes, List<NodeView> views) {
        if (view.knownTokens() < views.stream().mapToInt(NodeView::tokens).sum()) {
            return false;
        }
        for (int i = 0; i < nodes.size(); i++) {
            NodeView.Peer other = view.other(nodes.get(i).storage());
            if (!other.isUp() || other.generation() != views.get(i).generation()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUp(CassandraServer node) {
        return node.isRunning() && !node.isPaused();
    }

    private static void requireUp(CassandraServer node) {
        if (!isUp(node)) {
            throw new IllegalStateException(node.name() + ": " + (node.isPaused() ? "paused" : "not running")
                    + " (expected: running; its log is in " + node.directory() + ")");
        }
    }

    private static List<String> names(List<CassandraServer> nodes) {
        return nodes.stream().map(CassandraServer::name).toList();
    }

    private static void until(String what, BooleanSupplier condition) {
        await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL_INTERVAL)
                .atMost(MAX_WAIT)
                .until(condition::getAsBoolean);
    }
}
