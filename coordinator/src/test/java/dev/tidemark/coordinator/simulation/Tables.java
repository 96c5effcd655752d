package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.simulation.Model.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The application's tables and what always holds of their rows: a bank with its ledger, a ring, pairs over two tables. */
final class Tables {
    static final TableName ACCOUNTS = TableName.of("accounts");
    static final TableName LEDGER = TableName.of("ledger");
    static final TableName LEFT = TableName.of("left");
    static final TableName RIGHT = TableName.of("right");
    static final TableName RING = TableName.of("ring");
    static final List<TableName> ALL = List.of(ACCOUNTS, LEDGER, LEFT, RIGHT, RING);
    /** What a second store holds where there is one. */
    static final Set<TableName> OF_SECOND_STORE = Set.of(RIGHT, RING);

    static final int ACCOUNT_COUNT = 4;
    static final int RING_SIZE = 5;
    static final int PAIR_COUNT = 4;
    static final int OPENING_BALANCE = 100;

    private static final Bytes COLUMN = Bytes.utf8("v");

    private Tables() {}

    static Cell cell(String row) {
        return Cell.of(Bytes.utf8(row), COLUMN);
    }

    static Map<Row, String> opening() {
        Map<Row, String> rows = new TreeMap<>();
        for (int i = 0; i < ACCOUNT_COUNT; i++) {
            rows.put(row(ACCOUNTS, "a" + i), "" + OPENING_BALANCE);
        }
        for (int i = 0; i < RING_SIZE; i++) {
            rows.put(row(RING, "r" + i), "r" + (i + 1) % RING_SIZE);
        }
        return rows;
    }

    static Row row(TableName table, String row) {
        return new Row(table.name(), row);
    }

    /** Checks what every transaction keeps true, so that no state that is a consistent cut breaks it. */
    static void requireConsistent(Map<Row, String> state, String where) {
        Map<String, Integer> expected = new TreeMap<>();
        Map<String, Integer> balances = new TreeMap<>();
        Map<String, String> left = new TreeMap<>();
        Map<String, String> right = new TreeMap<>();
        Map<String, String> ring = new TreeMap<>();
        for (int i = 0; i < ACCOUNT_COUNT; i++) {
            expected.put("a" + i, OPENING_BALANCE);
        }
        state.forEach((row, value) -> {
            switch (row.table()) {
                case "accounts" -> balances.put(row.row(), Integer.parseInt(value));
                case "ledger" -> book(expected, value);
                case "left" -> left.put(row.row(), value);
                case "right" -> right.put(row.row(), value);
                default -> ring.put(row.row(), value);
            }
        });
        if (!balances.equals(expected)) {
            throw new Violation(
                    "I3", where + ": balances " + balances + " (expected from the ledger: " + expected + ")");
        }
        if (!left.equals(right)) {
            throw new Violation("I3", where + ": pairs " + left + " and " + right);
        }
        requireCycle(ring, where);
    }

    private static void book(Map<String, Integer> balances, String transfer) {
        String[] parts = transfer.split(":", -1);
        int amount = Integer.parseInt(parts[2]);
        balances.merge(parts[0], -amount, Integer::sum);
        balances.merge(parts[1], amount, Integer::sum);
    }

    private static void requireCycle(Map<String, String> ring, String where) {
        Set<String> seen = new HashSet<>();
        String at = "r0";
        while (at != null && seen.add(at)) {
            at = ring.get(at);
        }
        if (!"r0".equals(at) || seen.size() != RING_SIZE || ring.size() != RING_SIZE) {
            throw new Violation("I3", where + ": the ring is " + ring);
        }
    }
}
