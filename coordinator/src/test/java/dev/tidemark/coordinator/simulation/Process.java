package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.Placement;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.cluster.TableSelection;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** A coordinator as a process of its own, which knows nothing but the archive, and the listener that follows its steps. */
final class Process {
    private static final EngineOptions OPTIONS =
            new EngineOptions(Chaos.LOCK_LEASE, Duration.ofSeconds(60), Duration.ofMillis(200), 2);

    final World world;
    final Actor actor;
    final Coordinator coordinator;
    final OperationListener listener;

    /**
     * Starts a process.
     *
     * @param started is told the id of the operation and its job when it begins or goes on
     */
    Process(World world, Job job, Actor actor, BiConsumer<String, Job> started) {
        this.world = world;
        this.actor = actor;
        Map<String, StoreConnector> connectors = new TreeMap<>();
        job.target
                .stores()
                .forEach(
                        (name, store) -> connectors.put(name, new RemoteStore(world, job.target.place(), name, store)));
        coordinator = new Coordinator(
                world.archive,
                job.target.oracle().client(),
                Map.of(World.NAMESPACE, connectors),
                OPTIONS,
                new EngineSeams(
                        world.time,
                        world.time.clockOf(actor),
                        world.time.sleeperOf(actor, this::liveSometimes),
                        world.time.tasksOf(actor),
                        Runnable::run,
                        world.random,
                        actor.name));
        listener = new Steps(job, started);
    }

    /** Others live while it sleeps; short naps come in great numbers. */
    private void liveSometimes() {
        if (world.random.nextInt(8) == 0) {
            world.workload.step();
        }
    }

    private final class Steps implements OperationListener {
        private final Job job;
        private final BiConsumer<String, Job> started;

        private Steps(Job job, BiConsumer<String, Job> started) {
            this.job = job;
            this.started = started;
        }

        @Override
        public void operationStarted(String operationId, String type, String namespace, boolean isResumed) {
            actor.operation = type;
            started.accept(operationId, job);
        }

        @Override
        public void stepStarted(String operationId, String step) {
            actor.step = step;
            world.coverage.count("step " + actor.operation + "/" + step);
            world.calls.call("step.started", new Object[] {step}, () -> null);
        }

        @Override
        public void stepFinished(String operationId, String step) {
            world.calls.call("step.finished", new Object[] {step}, () -> null);
        }

        @Override
        public void note(String operationId, String message) {
            world.log.add(world.time.nanos(), actor, "note", message);
        }
    }

    /** A store behind a wall of calls. */
    private record RemoteStore(World world, String place, String name, InMemoryStore store) implements StoreConnector {
        @Override
        public StoreCluster connect() {
            world.calls.call(place + ".connect", null, () -> null);
            return world.calls.remote(StoreCluster.class, place, store.connect());
        }

        @Override
        public List<StoreNode> targetNodes() {
            return store.targetNodes().stream()
                    .map(node -> world.calls.remote(StoreNode.class, place, node))
                    .toList();
        }

        @Override
        public List<Placement> place(List<NodeDescription> backedUp, Map<String, String> schema) {
            return store.place(backedUp, schema);
        }

        @Override
        public TableSelection select(Map<String, String> schema, Set<TableName> tables) {
            return store.select(schema, tables);
        }

        @Override
        public List<String> otherClients() {
            return store.otherClients();
        }

        @Override
        public void prepareLoad(RestoreId restore, Map<String, String> schema) {
            store.prepareLoad(restore, schema);
        }

        @Override
        public void prepareBringBack(RestoreId restore, String safetyCopy) {
            store.prepareBringBack(restore, safetyCopy);
        }

        @Override
        public void prepareGiveBack(RestoreId restore) {
            store.prepareGiveBack(restore);
        }

        @Override
        public StoreCluster openRestored(RestoreId restore) {
            world.calls.call(place + ".openRestored", new Object[] {restore}, () -> null);
            StoreCluster cluster = store.openRestored(restore);
            world.opened.put(place + "/" + name, cluster.cells());
            return world.calls.remote(StoreCluster.class, place, cluster);
        }
    }
}
