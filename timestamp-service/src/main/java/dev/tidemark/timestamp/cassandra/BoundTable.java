package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.timestamp.bound.BoundErrors;
import dev.tidemark.timestamp.bound.BoundState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The states of the namespaces, each a row that changes by lightweight transactions. Thread-safe.
 *
 * <p>A change that was not made because the state is another one may still be one's own, if something on its way has sent it twice:
 * the state that is found then equals the wanted one. Another process could have written an equal one, though, so the row also names
 * who has written it, and the number of the change. What a state is compared with is the state alone: no state returns but the fence's
 * coming and going, which concerns nobody's numbers.
 *
 * <p>A change that was made is read again. Cassandra keeps of two values the one with the later write time; where a table was restored
 * from a cluster whose clock was ahead, it says that a change was made and keeps the old value.
 */
final class BoundTable {
    private static final String INSERT = "INSERT INTO %sbounds (namespace, epoch, bound, fence_id, writer, change)"
            + " VALUES (?, ?, ?, ?, ?, ?) IF NOT EXISTS";
    private static final String UPDATE =
            "UPDATE %sbounds SET epoch = ?, bound = ?, fence_id = ?, writer = ?, change = ?"
                    + " WHERE namespace = ? IF epoch = ? AND bound = ? AND fence_id = ?";
    private static final String SELECT =
            "SELECT epoch, bound, fence_id, writer, change FROM %sbounds WHERE namespace = ?";

    private final BoundStatements statements;
    private final UUID writer;
    private final AtomicLong changes = new AtomicLong();

    /** By namespace, an epoch and a bound that were acknowledged or read: what is read later must not be below them. */
    private final ConcurrentMap<String, BoundState> seen = new ConcurrentHashMap<>();

    /** @param writer names this object in what it writes; no other one has the same */
    BoundTable(BoundStatements statements, UUID writer) {
        this.statements = statements;
        this.writer = writer;
    }

    /** Returns the state; empty when there is none. */
    Optional<BoundState> read(String namespace) {
        return find(namespace).map(Stored::state);
    }

    /** Creates the row unless it exists. */
    void insert(String namespace, BoundState initial) {
        ConditionalAnswer answer = statements.change(
                "create " + describe(namespace),
                INSERT,
                namespace,
                initial.epoch(),
                initial.bound(),
                initial.fenceId(),
                writer,
                changes.incrementAndGet());
        if (answer.isApplied() && find(namespace).isEmpty()) {
            throw BoundDamage.notTaken(describe(namespace), "missing", initial);
        }
    }

    /**
     * Replaces the state if it is the expected one.
     *
     * @return false when there is no row
     */
    boolean compareAndSet(String namespace, BoundState expected, BoundState next) {
        BoundState floor = seen.get(namespace);
        long change = changes.incrementAndGet();
        ConditionalAnswer answer = statements.change(
                "replace " + describe(namespace),
                UPDATE,
                next.epoch(),
                next.bound(),
                next.fenceId(),
                writer,
                change,
                namespace,
                expected.epoch(),
                expected.bound(),
                expected.fenceId());
        if (answer.isApplied()) {
            requireTaken(namespace, expected, next, change);
            return true;
        }
        if (answer.found().isEmpty() && floor == null) {
            return false;
        }
        if (answer.found().isEmpty()) {
            throw BoundDamage.wentBack(describe(namespace), "missing", floor);
        }
        BoundState found =
                checked(namespace, floor, state(namespace, answer.found().get()));
        boolean isOwn = found.equals(next)
                && find(namespace).filter(stored -> isOwn(stored, change)).isPresent();
        if (!isOwn) {
            throw BoundErrors.changedByOther(namespace, expected, found);
        }
        return true;
    }

    private void requireTaken(String namespace, BoundState expected, BoundState next, long change) {
        saw(namespace, expected);
        Stored stored = find(namespace).orElseThrow(() -> BoundDamage.notTaken(describe(namespace), "missing", next));
        // One cell may be older than the others: that the writer is right does not say that the bound is.
        boolean isTaken = isOwn(stored, change)
                ? stored.state.equals(next)
                : !isBelow(stored.state, next) && !stored.state.equals(expected);
        if (!isTaken) {
            throw BoundDamage.notTaken(describe(namespace), stored.state, next);
        }
        saw(namespace, next);
    }

    private boolean isOwn(Stored stored, long change) {
        return stored.writer.equals(writer) && stored.change == change;
    }

    private Optional<Stored> find(String namespace) {
        BoundState floor =
                seen.get(namespace); // before the question: a change may be acknowledged while it is under way
        List<Row> rows = statements.readSerially("read " + describe(namespace), SELECT, namespace);
        if (rows.isEmpty()) {
            if (floor != null) {
                throw BoundDamage.wentBack(describe(namespace), "missing", floor);
            }
            return Optional.empty();
        }
        Row row = rows.get(0);
        BoundState state = checked(namespace, floor, state(namespace, row));
        try {
            return Optional.of(new Stored(
                    state, Columns.present(row, "writer", row.getUuid("writer")), Columns.number(row, "change")));
        } catch (IllegalArgumentException e) {
            throw BoundDamage.unreadable(describe(namespace), e);
        }
    }

    private BoundState checked(String namespace, BoundState floor, BoundState found) {
        if (floor != null && isBelow(found, floor)) {
            throw BoundDamage.wentBack(describe(namespace), found, floor);
        }
        saw(namespace, found);
        return found;
    }

    private void saw(String namespace, BoundState state) {
        seen.merge(namespace, state, (old, later) -> isBelow(old, later) ? later : old);
    }

    private static boolean isBelow(BoundState one, BoundState other) {
        return one.epoch() < other.epoch() || one.bound() < other.bound();
    }

    private static BoundState state(String namespace, Row row) {
        try {
            return new BoundState(
                    Columns.number(row, "epoch"), Columns.number(row, "bound"), Columns.text(row, "fence_id"));
        } catch (IllegalArgumentException e) {
            throw BoundDamage.unreadable(describe(namespace), e);
        }
    }

    private static String describe(String namespace) {
        return "the bound of namespace '" + namespace + "' in Cassandra";
    }

    /** A row. */
    private record Stored(BoundState state, UUID writer, long change) {}
}
