package dev.tidemark.coordinator.retention;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.catalog.TimeIndex;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Works out which backups of a namespace a policy keeps, and why. Changes nothing. */
public final class RetentionPlanner {
    private final NamespaceArchive archive;
    private final Holds holds;

    /** Creates a planner. */
    public RetentionPlanner(NamespaceArchive archive) {
        this.archive = archive;
        holds = new Holds(archive);
    }

    /**
     * Decides about every backup.
     *
     * @param now the time that ages are counted from
     */
    public RetentionPlan plan(RetentionPolicy policy, Instant now) {
        BackupList list = new Catalog(archive).list();
        RetentionRules rules = new RetentionRules(policy, now, TimeIndex.ofArchive(archive));
        return new RetentionPlan(
                archive.namespace(),
                rules.decide(list.backups(), damaged(list.backups()), holds.active(now)),
                list.damaged());
    }

    /**
     * Decides about every backup when these are to be removed, whatever the policy says of them.
     *
     * @param backupIds what is to be removed
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is no such backup,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when it has a hold, is the newest or the newest good one, or is needed for the recovery
     *     window
     */
    public RetentionPlan plan(RetentionPolicy policy, Instant now, List<String> backupIds) {
        RetentionPlan plan = plan(policy, now);
        for (String id : backupIds) {
            List<String> obstacles = find(plan, id).reasons().stream()
                    .filter(reason ->
                            reason.startsWith("newest") || reason.startsWith("hold") || reason.startsWith("window"))
                    .toList();
            if (!obstacles.isEmpty()) {
                throw new CoordinatorException(
                        ErrorCode.NOT_ALLOWED_NOW,
                        "backup '" + id + "' can't be removed: " + String.join(", ", obstacles),
                        "Release the hold, shorten 'recoveryWindow', or take another backup first.");
            }
        }
        return new RetentionPlan(
                plan.namespace(),
                plan.decisions().stream()
                        .map(decision -> new RetentionDecision(
                                decision.backup(),
                                backupIds.contains(decision.backup().backupId())
                                        ? List.of()
                                        : decision.isKept() ? decision.reasons() : List.of("not named")))
                        .toList(),
                plan.damaged());
    }

    private static RetentionDecision find(RetentionPlan plan, String backupId) {
        return plan.decisions().stream()
                .filter(decision -> decision.backup().backupId().equals(backupId))
                .findFirst()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.UNKNOWN_BACKUP,
                        "namespace '" + plan.namespace() + "' has no backup '" + backupId
                                + "', or its manifest can't be believed",
                        "List the backups with 'tidemark backups'."));
    }

    /** Returns the backups that need a pack which is marked as damaged, and those whose inventory can't tell. */
    private Set<String> damaged(List<BackupSummary> backups) {
        PackTable marked = new PackTable();
        archive.damageMarks().addPacksTo(marked);
        Set<String> damaged = new HashSet<>();
        for (BackupSummary backup : backups) {
            if (isDamaged(backup.backupId(), marked)) {
                damaged.add(backup.backupId());
            }
        }
        return damaged;
    }

    private boolean isDamaged(String backupId, PackTable marked) {
        try {
            Optional<Inventory> inventory = archive.inventories().find(backupId);
            if (inventory.isEmpty()) {
                return true;
            }
            boolean[] isDamaged = new boolean[1];
            if (marked.count() > 0) {
                archive.inventories()
                        .forEachPack(inventory.get(), pack -> isDamaged[0] |= marked.numberOf(pack.pack()) >= 0);
            }
            return isDamaged[0];
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.OBJECT_MISSING) {
                return true;
            }
            throw e;
        }
    }
}
