package dev.tidemark.kvs.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store with lagging and dying replicas answers, as long as a quorum is up, as one sorted map would. */
class InMemoryQuorumSimulationTest {
    private static final TableName TABLE = TableName.of("t");
    private static final int SEEDS = 15;
    private static final int STEPS = 150;

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 3, 2", "3, 2, 2", "5, 3, 2", "5, 5, 3", "4, 3, 3"})
    void anyStep_quorumUp_answersLikeOneMap(int nodes, int replicationFactor, int writeQuorum) {
        for (long seed = 0; seed < SEEDS; seed++) {
            InMemoryOptions options =
                    new InMemoryOptions(nodes, replicationFactor, writeQuorum, 70, TransactionsSchemaMap.always(2));
            new Run(seed, options).run();
        }
    }

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final InMemoryOptions options;
        private final InMemoryStore store;
        private final NavigableMap<VersionKey, Bytes> model = new TreeMap<>();
        private final int mayBeDown;
        private int down = -1;

        Run(long seed, InMemoryOptions options) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.options = options;
            this.store = InMemoryStore.create(options, random.split());
            this.mayBeDown = Math.min(
                    options.replicationFactor() - options.writeQuorum(),
                    options.replicationFactor() - options.readQuorum());
            store.cells().createTable(TABLE);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                change();
                compare(step);
            }
            if (down >= 0) {
                store.pretendUp(down);
            }
            store.connect().repair(Set.of(TABLE));
            assertReplicasAreEqual();
            store.deliverAll();
            compare(STEPS);
            assertReplicasAreEqual();
        }

        private void change() {
            Cell cell = cell();
            long timestamp = 1 + random.nextInt(6);
            Bytes value = Bytes.ofLong(random.nextInt(3));
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    store.cells().put(TABLE, Map.of(cell, value), timestamp);
                    model.put(new VersionKey(cell, timestamp), value);
                }
                case 2 -> {
                    Optional<Bytes> found = store.cells().putUnlessExists(TABLE, cell, value);
                    assertThat(found)
                            .as("seed %d of %s", seed, options)
                            .isEqualTo(Optional.ofNullable(model.putIfAbsent(new VersionKey(cell, 0), value)));
                }
                case 3 -> {
                    Bytes expected = Bytes.ofLong(random.nextInt(3));
                    assertThat(store.cells().compareAndSet(TABLE, cell, expected, value))
                            .as("seed %d of %s", seed, options)
                            .isEqualTo(model.replace(new VersionKey(cell, 0), expected, value));
                }
                case 4 -> {
                    long deleted = random.nextInt(7);
                    store.cells().deleteVersions(TABLE, Map.of(cell, Set.of(deleted)));
                    model.remove(new VersionKey(cell, deleted));
                }
                case 5 -> store.deliver(random.nextInt(options.nodes()));
                default -> {
                    if (down >= 0) {
                        store.pretendUp(down);
                    }
                    down = mayBeDown == 0 ? -1 : random.nextInt(options.nodes() + 1) - 1;
                    if (down >= 0) {
                        store.pretendDown(down);
                    }
                }
            }
        }

        private void compare(int step) {
            long atOrBelow = random.nextInt(8);
            Cell cell = cell();
            assertThat(store.cells().getLatest(TABLE, Set.of(cell), atOrBelow).get(cell))
                    .as("seed %d of %s, step %d, %s at %d", seed, options, step, cell, atOrBelow)
                    .isEqualTo(latest(cell, atOrBelow));
            assertThat(scan(atOrBelow))
                    .as("seed %d of %s, step %d, at %d", seed, options, step, atOrBelow)
                    .isEqualTo(model.entrySet().stream()
                            .filter(entry -> entry.getKey().timestamp() <= atOrBelow)
                            .map(entry -> new CellVersion(
                                    entry.getKey().cell(), entry.getKey().timestamp(), entry.getValue()))
                            .toList());
        }

        private Version latest(Cell cell, long atOrBelow) {
            Map.Entry<VersionKey, Bytes> entry = model.ceilingEntry(new VersionKey(cell, atOrBelow));
            return entry == null || !entry.getKey().cell().equals(cell)
                    ? null
                    : new Version(entry.getKey().timestamp(), entry.getValue());
        }

        private List<CellVersion> scan(long atOrBelow) {
            List<CellVersion> found = new ArrayList<>();
            try (CloseableIterator<CellVersion> scan = store.cells().scan(TABLE, CellRange.all(), atOrBelow)) {
                scan.forEachRemaining(found::add);
            }
            return found;
        }

        private void assertReplicasAreEqual() {
            SnapshotTag tag = new SnapshotTag("repaired-" + random.nextInt(Integer.MAX_VALUE));
            Map<VersionKey, Write> all = new TreeMap<>();
            List<Map<VersionKey, Write>> replicas = new ArrayList<>();
            for (StoreNode node : store.targetNodes()) {
                node.snapshot(tag);
                replicas.add(SnapshotContent.table(node, tag, TABLE));
                replicas.get(replicas.size() - 1).forEach((key, write) -> all.merge(key, write, Write::latest));
            }
            all.forEach((key, write) -> assertThat(replicas.stream()
                            .filter(replica -> write.equals(replica.get(key)))
                            .count())
                    .as("seed %d of %s, copies of %s", seed, options, key)
                    .isEqualTo(options.replicationFactor()));
        }

        private Cell cell() {
            return Cell.of(Bytes.utf8("row-" + random.nextInt(5)), Bytes.utf8("c" + random.nextInt(2)));
        }
    }
}
