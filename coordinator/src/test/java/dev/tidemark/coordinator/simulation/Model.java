package dev.tidemark.coordinator.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must be visible: every transaction that has committed in the life of the present store, in the order of the world's
 * calls, and what each backup must and may hold.
 */
final class Model {
    /** A row of a table of the application. */
    record Row(String table, String row) implements Comparable<Row> {
        @Override
        public int compareTo(Row other) {
            int byTable = table.compareTo(other.table);
            return byTable != 0 ? byTable : row.compareTo(other.row);
        }

        @Override
        public String toString() {
            return table + "/" + row;
        }
    }

    /**
     * A committed transaction.
     *
     * @param writes value by row; null where the row was deleted
     * @param beganAt when it took its lease, in calls
     * @param entryAt when its entry was put
     * @param isLate whether its lease had ended by then, so that nobody could wait for it
     */
    record Committed(long start, long commit, Map<Row, String> writes, int beganAt, int entryAt, boolean isLate) {}

    /**
     * What a backup stands for.
     *
     * @param must transactions that are in it
     * @param may transactions whose entry was put while the snapshots were taken: each is in it or not, as a whole
     * @param firstSnapshot when the first snapshot began, in calls
     */
    record Backup(
            String id,
            long immutableTimestamp,
            long backupTimestamp,
            long fastForwardTimestamp,
            boolean isSettled,
            List<Committed> must,
            List<Committed> may,
            int firstSnapshot,
            int life) {}

    private final Map<Integer, List<Committed>> lives = new HashMap<>();
    private final Map<Long, Integer> issuedAt = new HashMap<>();
    /** Numbers that must not be issued to a client again. */
    private final Set<Long> used = new HashSet<>();

    final Map<String, Backup> backups = new TreeMap<>();

    /** Those that were removed. */
    final Map<String, Backup> expired = new TreeMap<>();
    /** The number of the life that began at a call. */
    private final TreeMap<Integer, Integer> lifeAt = new TreeMap<>(Map.of(0, 0));

    private int life;
    private boolean isLost;
    /** When a fence last went up for a restore that has put other data in place, in calls. */
    private int lastReplacement = -1;
    /** What was there before the last change, if it can be undone; null otherwise. */
    private List<Committed> undoable;
    /** How many transactions the last change left. */
    private int leftByLastChange;

    Model() {
        lives.put(0, new ArrayList<>());
    }

    List<Committed> present() {
        return lives.get(life);
    }

    int life() {
        return life;
    }

    void committed(Committed transaction) {
        if (transaction.beganAt() < lastReplacement) {
            throw new Violation(
                    "I3",
                    "transaction " + transaction.start() + " committed at " + transaction.commit()
                            + " into a state that replaced the one it began on");
        }
        for (Backup backup : backups.values()) {
            if (backup.life() == life
                    && backup.isSettled()
                    && !transaction.isLate()
                    && transaction.commit() <= backup.backupTimestamp()) {
                throw new Violation(
                        "I1",
                        "transaction " + transaction.start() + " committed at " + transaction.commit()
                                + " after backup " + backup.id() + " had called " + backup.backupTimestamp()
                                + " settled");
            }
        }
        present().add(transaction);
    }

    /** Notes that a timestamp was issued. */
    void issued(long timestamp, int clock, boolean isToClient) {
        if (!used.add(timestamp) && isToClient) {
            throw new Violation("I4", "timestamp " + timestamp + " was issued twice");
        }
        issuedAt.put(timestamp, clock);
    }

    long greatestIssued() {
        return issuedAt.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Forgets what only a lost oracle knew: docs/consistency.rst, "An oracle that went back". */
    void forgetAbove(long timestamp) {
        used.removeIf(number -> number > timestamp);
    }

    int issueOf(long timestamp) {
        return issuedAt.getOrDefault(timestamp, -1);
    }

    /** Returns the life of the store that a call met. */
    int lifeAt(int clock) {
        return lifeAt.floorEntry(clock).getValue();
    }

    /** Works out what a backup stands for. */
    void addBackup(Backup facts, int lastSnapshot) {
        for (Committed transaction : lives.get(facts.life())) {
            if (transaction.commit() > facts.backupTimestamp()) {
                continue;
            }
            boolean isCovered = facts.isSettled() && !transaction.isLate();
            if (isCovered || transaction.entryAt() < facts.firstSnapshot()) {
                facts.must().add(transaction);
            } else if (transaction.entryAt() <= lastSnapshot) {
                facts.may().add(transaction);
            }
        }
        backups.put(facts.id(), facts);
    }

    /** Begins the life of a store that holds these transactions. */
    void replace(List<Committed> transactions, int fencedAt, int clock) {
        life++;
        lives.put(life, new ArrayList<>(transactions));
        lifeAt.put(clock, life);
        lastReplacement = fencedAt;
        isLost = false;
    }

    /** Tells whether there are no stores to speak of. */
    boolean isLost() {
        return isLost;
    }

    /** Notes what the change that was just made has replaced. */
    void keepForUndo(List<Committed> before) {
        undoable = before;
        leftByLastChange = present().size();
    }

    /** Returns what an undo brings back, or null when there is nothing to undo. */
    List<Committed> undoable() {
        return undoable;
    }

    /** Tells whether an undo would lose something. */
    boolean hasNewCommits() {
        return present().size() != leftByLastChange;
    }

    /** The stores are lost: nothing is visible until a restore. */
    void lost(int clock) {
        isLost = true;
        undoable = null;
        life++;
        lifeAt.put(clock, life);
        lives.put(life, new ArrayList<>());
    }

    static Map<Row, String> fold(List<Committed> transactions) {
        List<Committed> ordered = new ArrayList<>(transactions);
        ordered.sort(Comparator.comparingLong(Committed::commit));
        Map<Row, String> rows = new TreeMap<>();
        ordered.forEach(transaction -> transaction.writes().forEach((row, value) -> {
            if (value == null) {
                rows.remove(row);
            } else {
                rows.put(row, value);
            }
        }));
        return rows;
    }
}
