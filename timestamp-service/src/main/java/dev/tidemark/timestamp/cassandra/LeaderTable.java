package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The leader's record, a row that changes by lightweight transactions. No two records are alike, so one that is found instead of the
 * expected one and equals the wanted one was written by the same change. What was written is read again, as {@link BoundTable} says.
 * Thread-safe.
 */
final class LeaderTable {
    private static final String WHAT = "the leader's record in Cassandra";
    private static final String INSERT = "INSERT INTO %sleader"
            + " (id, epoch, renewal, holder, address, lease_millis, is_released) VALUES (0, ?, ?, ?, ?, ?, ?) IF NOT EXISTS";
    private static final String UPDATE = "UPDATE %sleader"
            + " SET epoch = ?, renewal = ?, holder = ?, address = ?, lease_millis = ?, is_released = ? WHERE id = 0"
            + " IF epoch = ? AND renewal = ? AND holder = ? AND address = ? AND lease_millis = ? AND is_released = ?";
    private static final String SELECT =
            "SELECT epoch, renewal, holder, address, lease_millis, is_released FROM %sleader WHERE id = 0";

    private final BoundStatements statements;

    /** The last record that was acknowledged or read, or null: what is read later must not be before it. */
    private LeaderRecord seen;

    LeaderTable(BoundStatements statements) {
        this.statements = statements;
    }

    /** Returns the record; empty when there has never been one. */
    Optional<LeaderRecord> read() {
        LeaderRecord floor = seen(); // before the question: a change may be acknowledged while it is under way
        List<Row> rows = statements.readSerially("read " + WHAT, SELECT);
        return checked(floor, rows.stream().findFirst());
    }

    /** Replaces the record if it is the expected one; returns whether it was. */
    boolean replace(Optional<LeaderRecord> expected, LeaderRecord next) {
        LeaderRecord floor = seen();
        ConditionalAnswer answer = expected.isPresent()
                ? update(expected.get(), next)
                : statements.change("create " + WHAT, INSERT, values(next));
        if (!answer.isApplied()) {
            return checked(floor, answer.found()).filter(next::equals).isPresent();
        }
        expected.ifPresent(this::saw);
        Optional<LeaderRecord> found = read();
        boolean isTaken = found.filter(record -> record.equals(next) || isBefore(next, record))
                .isPresent();
        if (!isTaken) {
            throw BoundDamage.notTaken(WHAT, found.map(LeaderRecord::toString).orElse("missing"), next);
        }
        return true;
    }

    private ConditionalAnswer update(LeaderRecord expected, LeaderRecord next) {
        Object[] written = values(next);
        Object[] conditions = values(expected);
        Object[] all = new Object[written.length + conditions.length];
        System.arraycopy(written, 0, all, 0, written.length);
        System.arraycopy(conditions, 0, all, written.length, conditions.length);
        return statements.change("replace " + WHAT, UPDATE, all);
    }

    private static Object[] values(LeaderRecord record) {
        return new Object[] {
            record.epoch(),
            record.renewal(),
            record.holder(),
            record.address(),
            record.lease().toMillis(),
            record.isReleased()
        };
    }

    private Optional<LeaderRecord> checked(LeaderRecord floor, Optional<Row> row) {
        if (row.isEmpty()) {
            if (floor != null) {
                throw BoundDamage.wentBack(WHAT, "missing", floor);
            }
            return Optional.empty();
        }
        LeaderRecord found = record(row.get());
        if (floor != null && isBefore(found, floor)) {
            throw BoundDamage.wentBack(WHAT, found, floor);
        }
        saw(found);
        return Optional.of(found);
    }

    private synchronized LeaderRecord seen() {
        return seen;
    }

    private synchronized void saw(LeaderRecord record) {
        if (seen == null || isBefore(seen, record)) {
            seen = record;
        }
    }

    private static boolean isBefore(LeaderRecord one, LeaderRecord other) {
        return one.epoch() < other.epoch() || (one.epoch() == other.epoch() && one.renewal() < other.renewal());
    }

    private static LeaderRecord record(Row row) {
        try {
            return new LeaderRecord(
                    Columns.number(row, "epoch"),
                    Columns.number(row, "renewal"),
                    Columns.text(row, "holder"),
                    Columns.text(row, "address"),
                    Duration.ofMillis(Columns.number(row, "lease_millis")),
                    Columns.flag(row, "is_released"));
        } catch (IllegalArgumentException e) {
            throw BoundDamage.unreadable(WHAT, e);
        }
    }
}
