package dev.tidemark.coordinator.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories under snapshot isolation, and the stores that a right restore of them gives: these are exact. Then one thing is
 * changed, in a store or in the history, and it must be found, with the transaction that it was done to.
 *
 * <p>{@code -Dhistory.seeds=N} runs more. The model is the plain one: of each cell a map from commit timestamps to writes.
 */
class HistoryCheckerPropertyTest {
    private static final int SEEDS = Integer.getInteger("history.seeds", 40);
    private static final List<String> STORES = List.of("main", "second");

    @TempDir
    private Path directory;

    @Test
    void check_unchanged_isExact() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Model model = new Model(directory, seed);

            HistoryVerdict verdict = model.world.check(model.at);

            assertThat(verdict.findings()).as("seed %d", seed).isEmpty();
            assertThat(verdict.counts().cells())
                    .as("seed %d", seed)
                    .isEqualTo(model.visible().size());
            assertThat(verdict.counts().transactions()).as("seed %d", seed).isEqualTo(model.transactions.size());
        }
    }

    @Test
    void check_afterAnyMutation_namesTheTransaction() {
        int[] applied = new int[Mutation.values().length];
        for (long seed = 0; seed < SEEDS; seed++) {
            for (Mutation mutation : Mutation.values()) {
                Model model = new Model(directory, seed);
                long victim = mutation.apply(model);
                if (victim == 0) {
                    continue; // this history has nothing to which it could be done
                }
                applied[mutation.ordinal()]++;

                HistoryVerdict verdict = model.world.check(model.at);

                assertThat(verdict.isExact())
                        .as("seed %d %s of %d", seed, mutation, victim)
                        .isFalse();
                assertThat(verdict.findings())
                        .as("seed %d %s of %d", seed, mutation, victim)
                        .extracting(Finding::start)
                        .contains(victim);
                assertThat(verdict.findings()).as("seed %d %s", seed, mutation).isSorted();
            }
        }
        for (Mutation mutation : Mutation.values()) {
            assertThat(applied[mutation.ordinal()]).as(mutation.name()).isPositive();
        }
    }

    /** What is done to a store or to a history; returns the start timestamp of the transaction that must be named, or 0. */
    private enum Mutation {
        LOSE_A_VISIBLE_VERSION {
            @Override
            long apply(Model model) {
                Write write = model.anyVisible();
                if (write != null) {
                    model.world.remove(write.store, write.start, write.cell);
                }
                return startOf(write);
            }
        },
        CHANGE_A_VISIBLE_VALUE {
            @Override
            long apply(Model model) {
                Write write = model.anyVisible();
                if (write != null) {
                    RecordedCell changed = new RecordedCell(
                            write.cell.table(),
                            write.cell.cell(),
                            write.cell.value().concat(Bytes.utf8("!")));
                    model.world.put(write.store, write.start, List.of(changed));
                }
                return startOf(write);
            }
        },
        LOSE_AN_ENTRY {
            @Override
            long apply(Model model) {
                HistoryTransaction victim = model.any(Outcome.COMMITTED, true);
                if (victim != null) {
                    model.world.changeEntry(victim.store(), victim.start(), TransactionState.ABORTED);
                }
                return startOf(victim);
            }
        },
        MOVE_A_COMMIT {
            @Override
            long apply(Model model) {
                HistoryTransaction victim = model.any(Outcome.COMMITTED, true);
                if (victim != null) {
                    model.world.changeEntry(
                            victim.store(), victim.start(), TransactionState.committed(victim.commit() + 1));
                }
                return startOf(victim);
            }
        },
        LEAVE_A_COMMIT_ABOVE {
            @Override
            long apply(Model model) {
                HistoryTransaction victim = model.any(Outcome.COMMITTED, false);
                return model.commitInStore(victim, victim == null ? 0 : victim.commit());
            }
        },
        SHOW_A_COMMIT_ABOVE {
            @Override
            long apply(Model model) {
                HistoryTransaction victim = model.any(Outcome.COMMITTED, false);
                return victim == null || victim.start() >= model.at ? 0 : model.commitInStore(victim, model.at);
            }
        },
        SHOW_AN_ABORTED {
            @Override
            long apply(Model model) {
                HistoryTransaction victim = model.any(Outcome.ABORTED, false);
                return victim == null || victim.start() >= model.at ? 0 : model.commitInStore(victim, model.at);
            }
        },
        ADD_A_STRANGER {
            @Override
            long apply(Model model) {
                long start = model.freeTimestamp();
                if (start >= model.at) {
                    return 0;
                }
                String store = STORES.get(model.random.nextInt(STORES.size()));
                model.world
                        .put(store, start, List.of(model.randomCell("stranger")))
                        .entry(store, start, model.at);
                return start;
            }
        },
        SHOW_AN_UNKNOWN_IN_PART {
            @Override
            long apply(Model model) {
                for (Write write : model.visible().values()) {
                    if (model.unknownCommits.containsKey(write.start)) {
                        model.world.remove(write.store, write.start, write.cell);
                        return write.start;
                    }
                }
                return 0;
            }
        },
        READ_SOMETHING_ELSE {
            @Override
            long apply(Model model) {
                List<HistoryTransaction> history = model.world.history;
                for (int i = 0; i < history.size(); i++) {
                    HistoryTransaction reader = history.get(i);
                    boolean isJudged = reader.outcome() == Outcome.COMMITTED && reader.start() <= model.at;
                    if (isJudged && !reader.reads().isEmpty()) {
                        RecordedCell read = reader.reads().get(0);
                        List<RecordedCell> reads = new ArrayList<>(reader.reads());
                        reads.set(
                                0,
                                new RecordedCell(
                                        read.table(), read.cell(), read.value().concat(Bytes.utf8("?"))));
                        history.set(
                                i,
                                new HistoryTransaction(
                                        reader.store(),
                                        reader.start(),
                                        reader.commit(),
                                        reader.outcome(),
                                        reads,
                                        reader.writes()));
                        return reader.start();
                    }
                }
                return 0;
            }
        },
        FORGET_A_TRANSACTION {
            @Override
            long apply(Model model) {
                HistoryTransaction victim = model.any(Outcome.COMMITTED, true);
                model.world.history.remove(victim);
                return startOf(victim);
            }
        };

        abstract long apply(Model model);

        private static long startOf(HistoryTransaction transaction) {
            return transaction == null ? 0 : transaction.start();
        }

        private static long startOf(Write write) {
            return write == null ? 0 : write.start;
        }
    }

    private record Place(String store, TableName table, Cell cell) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byStore = store.compareTo(other.store);
            int byTable = byStore != 0 ? byStore : table.compareTo(other.table);
            return byTable != 0 ? byTable : cell.compareTo(other.cell);
        }
    }

    private record Write(String store, long start, RecordedCell cell) {}

    /** A random history and the stores that are restored to a random timestamp of it. */
    private static final class Model {
        final Random random;
        final CheckedWorld world;
        final long at;
        final List<HistoryTransaction> transactions = new ArrayList<>();
        final Map<Long, Long> unknownCommits = new TreeMap<>();
        private final Map<Place, TreeMap<Long, Write>> cells = new TreeMap<>();
        private long clock;

        Model(Path directory, long seed) {
            random = new Random(seed);
            world = new CheckedWorld(directory, "main", "second");
            generate(30 + random.nextInt(60));
            at = 1 + random.nextLong(clock + 10);
            restore();
            Collections.shuffle(world.history, random);
        }

        /** Runs transactions of which several are open at a time. */
        private void generate(int count) {
            List<Open> open = new ArrayList<>();
            while (transactions.size() < count) {
                if (open.size() < 4 && random.nextBoolean()) {
                    open.add(new Open(STORES.get(random.nextInt(STORES.size())), tick()));
                } else if (!open.isEmpty()) {
                    end(open.remove(random.nextInt(open.size())));
                }
            }
        }

        private void end(Open open) {
            List<RecordedCell> reads = new ArrayList<>();
            List<RecordedCell> writes = new ArrayList<>();
            Map<Place, RecordedCell> touched = new TreeMap<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                RecordedCell cell = randomCell(open.start + "");
                touched.put(new Place(open.store, cell.table(), cell.cell()), cell);
            }
            boolean conflicts = false;
            for (Map.Entry<Place, RecordedCell> entry : touched.entrySet()) {
                TreeMap<Long, Write> versions = cells.getOrDefault(entry.getKey(), new TreeMap<>());
                Map.Entry<Long, Write> seen = versions.lowerEntry(open.start);
                RecordedCell cell = entry.getValue();
                if (random.nextInt(3) > 0) {
                    Bytes value =
                            seen == null ? Bytes.EMPTY : seen.getValue().cell.value();
                    reads.add(new RecordedCell(cell.table(), cell.cell(), value));
                }
                if (random.nextInt(3) > 0) {
                    conflicts |= versions.higherKey(open.start) != null;
                    boolean isDeletion = random.nextInt(5) == 0;
                    writes.add(isDeletion ? new RecordedCell(cell.table(), cell.cell(), Bytes.EMPTY) : cell);
                }
            }
            Outcome outcome = conflicts || random.nextInt(10) == 0 ? Outcome.ABORTED : Outcome.COMMITTED;
            boolean isUnknown = random.nextInt(6) == 0;
            boolean hasCommit = !writes.isEmpty() && (outcome == Outcome.COMMITTED || random.nextBoolean());
            long commit = hasCommit ? tick() : HistoryTransaction.NO_COMMIT;
            boolean isCommitted = outcome == Outcome.COMMITTED && hasCommit;
            for (RecordedCell write : isCommitted ? writes : List.<RecordedCell>of()) {
                cells.computeIfAbsent(new Place(open.store, write.table(), write.cell()), place -> new TreeMap<>())
                        .put(commit, new Write(open.store, open.start, write));
            }
            if (isUnknown && isCommitted) {
                unknownCommits.put(open.start, commit);
            }
            // The client may know the commit timestamp of a transaction and yet not its outcome.
            long told = isUnknown && random.nextBoolean() ? HistoryTransaction.NO_COMMIT : commit;
            transactions.add(new HistoryTransaction(
                    open.store, open.start, told, isUnknown ? Outcome.UNKNOWN : outcome, reads, writes));
        }

        private void restore() {
            for (HistoryTransaction transaction : transactions) {
                world.history.add(transaction);
                long commit = transaction.outcome() == Outcome.UNKNOWN
                        ? unknownCommits.getOrDefault(transaction.start(), HistoryTransaction.NO_COMMIT)
                        : transaction.outcome() == Outcome.COMMITTED
                                ? transaction.commit()
                                : HistoryTransaction.NO_COMMIT;
                if (commit != HistoryTransaction.NO_COMMIT && commit <= at) {
                    world.put(transaction.store(), transaction.start(), transaction.writes())
                            .entry(transaction.store(), transaction.start(), commit);
                    continue;
                }
                // What a transaction that did not make it has left: any part of its cells, with an entry or without
                // one.
                for (RecordedCell write : transaction.writes()) {
                    if (random.nextBoolean()) {
                        world.put(transaction.store(), transaction.start(), List.of(write));
                    }
                }
                if (random.nextBoolean()) {
                    world.entry(transaction.store(), transaction.start(), HistoryTransaction.NO_COMMIT);
                }
            }
        }

        Map<Place, Write> visible() {
            Map<Place, Write> visible = new TreeMap<>();
            cells.forEach((place, versions) -> {
                Map.Entry<Long, Write> last = versions.floorEntry(at);
                if (last != null && !last.getValue().cell.value().isEmpty()) {
                    visible.put(place, last.getValue());
                }
            });
            return visible;
        }

        Write anyVisible() {
            List<Write> writes = new ArrayList<>(visible().values());
            return writes.isEmpty() ? null : writes.get(random.nextInt(writes.size()));
        }

        /** Returns a transaction with writes that ended so; one that committed, at or below the timestamp or above it. */
        HistoryTransaction any(Outcome outcome, boolean isIn) {
            List<HistoryTransaction> found = world.history.stream()
                    .filter(candidate -> candidate.outcome() == outcome
                            && !candidate.writes().isEmpty()
                            && (outcome != Outcome.COMMITTED || candidate.commit() <= at == isIn))
                    .toList();
            return found.isEmpty() ? null : found.get(random.nextInt(found.size()));
        }

        /** Makes a transaction committed in its store, with all of its cells. */
        long commitInStore(HistoryTransaction victim, long commit) {
            if (victim == null) {
                return 0;
            }
            world.put(victim.store(), victim.start(), victim.writes());
            world.entry(victim.store(), victim.start(), HistoryTransaction.NO_COMMIT);
            world.changeEntry(victim.store(), victim.start(), TransactionState.committed(commit));
            return victim.start();
        }

        long freeTimestamp() {
            long candidate = 1;
            while (isUsed(candidate)) {
                candidate++;
            }
            return candidate;
        }

        private boolean isUsed(long timestamp) {
            return transactions.stream()
                            .anyMatch(transaction ->
                                    transaction.start() == timestamp || transaction.commit() == timestamp)
                    || unknownCommits.containsValue(timestamp);
        }

        RecordedCell randomCell(String value) {
            byte[][] rows = {{}, {0}, {0, 1}, {0, (byte) 0xff}, {'a'}, {'a', 0}, {'b'}};
            byte[] row = rows[random.nextInt(rows.length)];
            byte[] column = Arrays.copyOf(new byte[] {0, 1}, random.nextInt(3));
            TableName table = TableName.of(random.nextInt(4) == 0 ? "tt" : "t");
            return new RecordedCell(table, Cell.of(Bytes.of(row), Bytes.of(column)), Bytes.utf8(value));
        }

        private long tick() {
            clock += 1 + random.nextInt(3);
            if (random.nextInt(40) == 0) {
                clock += 30_000_000;
            }
            return clock;
        }

        private record Open(String store, long start) {}
    }
}
