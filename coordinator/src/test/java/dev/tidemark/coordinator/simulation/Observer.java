package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.simulation.Model.Backup;
import dev.tidemark.coordinator.simulation.Model.Committed;
import dev.tidemark.coordinator.simulation.Model.Row;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Watches the calls of all processes, keeps the model up to date, and checks what can be checked at a single call. */
final class Observer {
    private static final Pattern EPOCH = Pattern.compile("\"epoch\":(\\d+)");
    private static final Pattern OPERATION = Pattern.compile("\"operationId\":\"([^\"]+)\"");

    private final World world;
    /** Backup by the operation that restores it. */
    private final Map<String, String> restored = new HashMap<>();

    private long lastEpoch;
    private String lastHolder = "";
    /** The restore whose files are in place and whose state nobody has looked at. */
    private String loadedBy = "";

    private int fencedAt = -1;

    Observer(World world) {
        this.world = world;
    }

    /** Notes which backup an operation restores in place of the live stores. */
    void restores(String operationId, String backupId) {
        restored.put(operationId, backupId);
    }

    void before(Actor actor, String name, Object[] arguments) {
        if (name.equals("store.completeRestore") && !loadedBy.isEmpty()) {
            world.workload.endThoseOnTheirWay(requireBackup(loadedBy).firstSnapshot());
        }
        if (name.equals("oracle.unfence") && !loadedBy.isEmpty()) {
            checkRestored(requireBackup(loadedBy));
            loadedBy = "";
        }
    }

    /** What was restored is lost again. */
    void lost() {
        loadedBy = "";
    }

    void after(Actor actor, String name, Object[] arguments, Object result) {
        switch (name) {
            case "oracle.freshTimestamp" -> issued(actor, (Long) result);
            case "oracle.commitTimestamp" -> issued(actor, (Long) result);
            case "oracle.freshTimestamps" -> {
                TimestampRange range = (TimestampRange) result;
                for (long number = range.lower(); number <= range.upper(); number++) {
                    issued(actor, number);
                }
            }
            case "oracle.fence" -> {
                fencedAt = world.calls.clock();
                world.workload.disturb();
            }
            case "oracle.unfence" -> requireOracleAhead();
            case "store.load" -> loadedBy = restored.getOrDefault(((RestoreId) arguments[0]).id(), "");
            case "archive.delete" -> requireLockEntry((ObjectKey) arguments[0]);
            case "archive.create" -> created((ObjectKey) arguments[0]);
            default -> {
                // nothing to note
            }
        }
    }

    private void issued(Actor actor, long timestamp) {
        world.model.issued(timestamp, world.calls.clock(), !actor.isCoordinator);
    }

    private static void requireLockEntry(ObjectKey key) {
        if (!key.value().contains("/lock/")) {
            throw new Violation("I10", "object '" + key + "' was deleted");
        }
    }

    private void created(ObjectKey key) {
        if (key.value().contains("/lock/")) {
            world.calls.outside(() -> {
                checkLock(key);
                return null;
            });
        } else if (key.value().contains("/manifests/")) {
            world.calls.outside(() -> {
                addBackup(key.name());
                return null;
            });
        }
    }

    /** Old entries are removed, so a number may be free again; it counts only if it is the greatest. */
    private void checkLock(ObjectKey key) {
        String row = key.value().substring(0, key.value().lastIndexOf('/') + 1);
        if (!world.objects.objects().list(row, key.value(), 1).isEmpty()) {
            return;
        }
        String entry = new String(world.namespaceArchive().documents().read(key), StandardCharsets.UTF_8);
        long epoch = Long.parseLong(find(EPOCH, entry));
        String holder = find(OPERATION, entry);
        boolean isSame = holder.equals(lastHolder) && epoch == lastEpoch;
        if (epoch < lastEpoch || (epoch == lastEpoch && !isSame)) {
            throw new Violation("I8", "lock entry " + entry + " after epoch " + lastEpoch + " of " + lastHolder);
        }
        lastEpoch = epoch;
        lastHolder = holder;
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException(text);
        }
        return matcher.group(1);
    }

    private void addBackup(String id) {
        Manifest manifest;
        try {
            manifest = world.namespaceArchive().manifests().read(id);
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.UNKNOWN_BACKUP) {
                return; // it was abandoned
            }
            throw e;
        }
        if (world.model.backups.containsKey(id)) {
            return;
        }
        int first = Integer.MAX_VALUE;
        int last = 0;
        for (NodeCut node : manifest.cut().nodes()) {
            first = Math.min(first, world.model.issueOf(node.timestampBefore()));
            last = Math.max(last, world.model.issueOf(node.timestampAfter()));
        }
        int life = world.model.lifeAt(world.model.issueOf(manifest.backupTimestamp()));
        world.model.addBackup(
                new Backup(
                        id,
                        manifest.immutableTimestamp(),
                        manifest.backupTimestamp(),
                        manifest.fastForwardTimestamp(),
                        manifest.cut().isSettled(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        first,
                        life),
                last);
        world.coverage.count("backup committed" + (manifest.cut().isDegraded() ? ", degraded" : "")
                + (manifest.cut().isSettled() ? "" : ", not settled"));
    }

    /** The stores are open and the oracle is fenced: nothing moves, and what is visible is what was restored. */
    private void checkRestored(Backup backup) {
        List<Committed> restoredTransactions = contents(backup, start -> world.entryOf(start));
        world.model.replace(restoredTransactions, fencedAt, world.calls.clock());
        compare(restoredTransactions, world.visible(world.cells()), "restored '" + backup.id() + "'");
        world.coverage.count("restored state compared");
    }

    private Backup requireBackup(String backupId) {
        Backup backup = world.model.backups.get(backupId);
        if (backup == null) {
            throw new Violation("I7", "'" + backupId + "' was restored, which was never committed");
        }
        return backup;
    }

    /** Returns what a restored backup holds, where the entries tell which of the uncertain ones are in it. */
    static List<Committed> contents(
            Backup backup, java.util.function.LongFunction<Optional<TransactionState>> entries) {
        List<Committed> contents = new ArrayList<>(backup.must());
        for (Committed transaction : backup.may()) {
            Optional<TransactionState> entry = entries.apply(transaction.start());
            if (entry.isPresent() && !entry.get().equals(TransactionState.ABORTED)) {
                contents.add(transaction);
            }
        }
        return contents;
    }

    static void compare(List<Committed> expected, Map<Row, String> visible, String where) {
        Map<Row, String> wanted = Model.fold(expected);
        if (!wanted.equals(visible)) {
            Map<Row, String> missing = new TreeMap<>(wanted);
            missing.entrySet().removeAll(visible.entrySet());
            Map<Row, String> extra = new TreeMap<>(visible);
            extra.entrySet().removeAll(wanted.entrySet());
            String invariant = missing.isEmpty() ? "I6" : extra.isEmpty() ? "I1" : "I2";
            throw new Violation(invariant, where + ": missing " + missing + ", not expected " + extra);
        }
        Tables.requireConsistent(visible, where);
    }

    private void requireOracleAhead() {
        world.calls.outside(() -> {
            if (world.oracle.raw().currentFence().isEmpty() && world.isServing()) {
                long greatest = Checks.greatestTimestamp(world.cells(), world.schemas);
                long fresh = world.oracle.raw().freshTimestamp();
                if (fresh <= greatest) {
                    throw new Violation("I5", "the oracle issued " + fresh + ", the data holds " + greatest);
                }
                world.workload.start();
            }
            return null;
        });
    }
}
