package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.garbage.Explainer;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Watches the calls of all processes, keeps the model up to date, and checks what can be checked at a single call. */
final class Observer {
    private static final Pattern EPOCH = Pattern.compile("\"epoch\":(\\d+)");
    private static final Pattern OPERATION = Pattern.compile("\"operationId\":\"([^\"]+)\"");

    private final World world;
    /** The changes of the live stores that have begun, by operation. */
    private final Map<String, Job> changes = new HashMap<>();
    /** Operations whose stores were handed back. */
    private final Set<String> handedBack = new HashSet<>();

    private long lastEpoch;
    private String lastHolder = "";
    private int fencedAt = -1;

    Observer(World world) {
        this.world = world;
    }

    /** Notes what an operation changes. */
    void changes(String operationId, Job job) {
        changes.put(operationId, job);
    }

    void before(Actor actor, String name, Object[] arguments) {
        if (name.equals("store.completeRestore")) {
            Job change = changes.get(((RestoreId) arguments[0]).id());
            world.workload.endThoseOnTheirWay(lastCall(change));
        } else if (name.equals("oracle.unfence")) {
            beforeUnfence((String) arguments[0]);
        }
    }

    /** Entries that were put before this call are in what a change leaves. */
    private int lastCall(Job change) {
        return switch (change.type) {
            case "restore" -> requireBackup(change.backupId).firstSnapshot();
            case "rewind" -> Integer.MAX_VALUE;
            default -> 0;
        };
    }

    /** The oracle is fenced: nothing moves, and what is visible is what the operation has made, or has given back. */
    private void beforeUnfence(String operationId) {
        if (handedBack.remove(operationId)) {
            world.chaos.heal(); // what is visible is read from all nodes
            apply(changes.get(operationId));
        } else if (changes.containsKey(operationId) && world.areStoresServing()) {
            compare(world.model.present(), world.visible(world.cells()), "given back by " + operationId);
        }
    }

    private void apply(Job change) {
        Model model = world.model;
        List<Committed> before = List.copyOf(model.present());
        List<Committed> left =
                switch (change.type) {
                    case "restore" -> contents(requireBackup(change.backupId), start -> world.entryOf(start));
                    case "rewind" -> before;
                    default -> undo();
                };
        if (change.at > 0) {
            left = left.stream().filter(each -> each.commit() <= change.at).toList();
        }
        boolean hadData = !model.isLost();
        boolean isUndoable =
                hadData && (change.type.equals("rewind") || (change.type.equals("restore") && !change.isNeeded));
        model.replace(left, fencedAt, world.calls.clock());
        model.keepForUndo(isUndoable ? before : null);
        compare(left, world.visible(world.cells()), "after " + change);
        world.coverage.count("state compared after " + change.type + (change.at > 0 ? " at" : "")
                + (change.type.equals("restore") && !change.isNeeded ? " over existing data" : ""));
    }

    private List<Committed> undo() {
        if (world.model.undoable() == null || world.model.hasNewCommits()) {
            throw new Violation("I1", "an undo lost transactions that were committed after the change");
        }
        return world.model.undoable();
    }

    /** What was put in place is lost again. */
    void lost() {
        handedBack.clear();
    }

    void after(Actor actor, String name, Object[] arguments, Object result, boolean isDurable) {
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
            case "store.completeRestore" -> handedBack.add(((RestoreId) arguments[0]).id());
            case "archive.delete" -> removed((ObjectKey) arguments[0]);
            case "archive.create" -> created((ObjectKey) arguments[0], isDurable);
            default -> {
                // nothing to note
            }
        }
    }

    private void issued(Actor actor, long timestamp) {
        world.model.issued(timestamp, world.calls.clock(), !actor.isCoordinator);
    }

    /** Nobody was told that it is durable. */
    void lostWithThePower(ObjectKey key) {
        if (key.value().contains("/manifests/")) {
            world.model.backups.remove(key.name());
        }
    }

    /** I10: nothing goes that a backup needs. */
    private void removed(ObjectKey key) {
        String name = key.value();
        if (name.contains("/lock/")) {
            return;
        }
        if (!world.isMaintained) {
            throw new Violation("I10", "object '" + key + "' was deleted");
        }
        if (name.contains("/manifests/")) {
            Backup backup = world.model.backups.remove(key.name());
            if (backup != null) {
                world.model.expired.put(backup.id(), backup);
                world.coverage.count("backup expired");
            }
        } else if (name.contains("/packs/") || name.contains("lists/") || name.contains("/inventories/")) {
            List<String> needing = world.calls.outside(
                    () -> new Explainer(world.namespaceArchive()).explain(name).neededBy());
            if (!needing.isEmpty()) {
                throw new Violation("I10", "object '" + key + "' was deleted, which backups " + needing + " need");
            }
            world.coverage.count(name.contains("/packs/") ? "pack removed" : "list removed");
        }
    }

    private void created(ObjectKey key, boolean isDurable) {
        if (key.value().contains("/lock/") && isDurable) {
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
        if (world.model.backups.containsKey(id) || world.model.expired.containsKey(id)) {
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

    private Backup requireBackup(String backupId) {
        Backup backup = world.model.backups.getOrDefault(backupId, world.model.expired.get(backupId));
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
