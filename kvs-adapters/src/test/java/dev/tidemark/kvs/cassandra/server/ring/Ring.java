package dev.tidemark.kvs.cassandra.server.ring;

import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The nodes of a cluster, asked until they agree. */
public final class Ring {
    /** Far above what any machine needs: a node starts in 5 s on an idle one, and was seen to take 50 s on one with 30 times too much to do. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

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
        until("each node serves and sees all others as up", () -> {
            nodes.forEach(Ring::requireRunning);
            List<NodeView> views = nodes.stream().map(NodeView::of).toList();
            return views.stream().allMatch(NodeView::isServing)
                    && views.stream().allMatch(view -> seesAll(view, views));
        });
    }

    /**
     * Waits until a node serves CQL.
     *
     * @throws IllegalStateException if it is not running, is paused, or ends meanwhile
     * @throws org.awaitility.core.ConditionTimeoutException if that isn't so in time
     */
    public static void awaitServing(CassandraServer node) {
        until(node.name() + " serves", () -> {
            requireRunning(node);
            return NodeView.of(node).isServing();
        });
    }

    /**
     * Waits until every other node that runs and isn't paused sees a node as down.
     *
     * @throws org.awaitility.core.ConditionTimeoutException if that isn't so in time
     */
    public void awaitSeenDown(CassandraServer down) {
        until("the others see " + down.name() + " as down", () -> nodes.stream()
                .filter(node -> node != down && node.isRunning() && !node.isPaused())
                .map(NodeView::of)
                .allMatch(
                        view -> view.isServing() && !view.other(down.storage()).isUp()));
    }

    private boolean seesAll(NodeView view, List<NodeView> views) {
        for (int i = 0; i < nodes.size(); i++) {
            NodeView.Peer other = view.other(nodes.get(i).storage());
            if (!other.isUp() || other.generation() != views.get(i).generation()) {
                return false;
            }
        }
        return true;
    }

    private static void requireRunning(CassandraServer node) {
        if (!node.isRunning() || node.isPaused()) {
            throw new IllegalStateException(node.name() + ": " + (node.isPaused() ? "paused" : "not running")
                    + " (expected: running; its log is in " + node.directory() + ")");
        }
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
