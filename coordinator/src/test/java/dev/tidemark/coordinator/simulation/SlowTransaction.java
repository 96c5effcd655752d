package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.simulation.Model.Committed;
import dev.tidemark.coordinator.simulation.Model.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A client of one transaction that stands still between any two requests of the protocol: T1 to T6 of docs/consistency.rst, one
 * request for each step. It writes a pair of rows of its own, so that it meets no conflict. A put of its entry whose answer is lost
 * it sends again, as long as the answer of T4 is good.
 */
final class SlowTransaction {
    private final World world;
    final Actor actor;
    private final LeaseToken token;
    private final CellTransactionTable table;
    private final Map<Row, String> writes = new TreeMap<>();
    private int beganAt;
    private int stage;
    private long start;
    private long commit;
    private long checkedAtNanos;
    private int entryAt = -1;
    private boolean isLate;
    private boolean isDone;

    SlowTransaction(World world, String name) {
        this.world = world;
        this.actor = new Actor(name, false);
        this.token = new LeaseToken(new UUID(world.random.nextLong(), world.random.nextLong()));
        this.table = new CellTransactionTable(world.clientCells, world.schemas);
        String row = "s" + world.nextId();
        writes.put(Tables.row(Tables.LEFT, row), "slow");
        writes.put(Tables.row(Tables.RIGHT, row), "slow");
    }

    boolean isDone() {
        return isDone || actor.isDead;
    }

    /** Tells whether it has asked for its entry, or may do so without asking the oracle again. */
    boolean isBetweenCheckAndEntry() {
        return !isDone() && stage >= 6;
    }

    /** Returns when its entry was put first, in calls, or -1. */
    int entryAt() {
        return entryAt;
    }

    void step() {
        world.calls.run(actor, () -> {
            try {
                act();
            } catch (TidemarkException e) {
                if (stage == 7 && entryAt >= 0 && e.code() != ErrorCode.LEASE_LOST) {
                    stage--; // it has sent its entry before, and asks again what became of it
                } else {
                    isDone = true;
                }
            } catch (Actor.Crash e) {
                actor.isDead = true;
            }
        });
    }

    private void act() {
        int now = stage++;
        switch (now) {
            case 0 -> {
                beganAt = world.calls.clock();
                world.clientOracle.lockImmutableTimestamp(token);
            }
            case 1 -> start = world.clientOracle.freshTimestamp();
            case 2 -> put(Tables.LEFT);
            case 3 -> put(Tables.RIGHT);
            case 4 -> commit = world.clientOracle.commitTimestamp(token);
            case 5 -> {
                checkedAtNanos = world.time.nanos();
                isDone = !world.clientOracle.refresh(Set.of(token)).contains(token);
            }
            case 6 -> putEntry();
            case 7 -> confirm();
            default -> {
                isDone = true;
                world.clientOracle.unlock(Set.of(token));
            }
        }
    }

    private void put(TableName name) {
        writes.forEach((row, value) -> {
            if (row.table().equals(name.name())) {
                world.clientCells.put(name, Map.of(Tables.cell(row.row()), Bytes.utf8(value)), start);
            }
        });
    }

    private void putEntry() {
        if (world.time.nanos() - checkedAtNanos >= SimulatedOracle.LEASE.toNanos()) {
            throw new KeyValueStoreException(ErrorCode.LEASE_LOST, "the answer is too old", "");
        }
        boolean isLateNow = world.calls.outside(() -> !world.oracle.isAlive(token));
        TransactionState entry = proposal();
        Optional<TransactionState> found = table.propose(start, entry);
        boolean isOwn =
                found.isEmpty() || found.get().equals(entry) || found.get().equals(committed());
        if (!isOwn) {
            isDone = true;
            return;
        }
        if (entryAt < 0) {
            entryAt = world.calls.clock();
            isLate = isLateNow;
        }
        if (world.random.nextInt(4) == 0) {
            world.coverage.count("slow client sends its entry again");
            noteCommitted();
            stage--; // the answer was lost
            return;
        }
        noteCommitted();
    }

    private boolean isNoted;
    private int notedLife;

    /** Once in the life of a store. */
    private void noteCommitted() {
        if (isNoted && notedLife == world.model.life()) {
            return;
        }
        if (isNoted && world.model.present().stream().anyMatch(other -> other.start() == start)) {
            return; // it is part of what was restored
        }
        isNoted = true;
        notedLife = world.model.life();
        world.coverage.count("slow client committed");
        world.model.committed(new Committed(start, commit, writes, beganAt, world.calls.clock(), isLate));
    }

    private TransactionState proposal() {
        return table.schemaVersionAt(start) == 3
                ? TransactionState.staging(commit)
                : TransactionState.committed(commit);
    }

    private TransactionState committed() {
        return TransactionState.committed(commit);
    }

    private void confirm() {
        if (table.schemaVersionAt(start) == 3) {
            table.replace(start, proposal(), committed());
        }
    }
}
