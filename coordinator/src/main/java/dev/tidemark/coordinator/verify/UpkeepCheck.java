package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.coordinator.runbook.RunbookStore;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks what only the upkeep of a namespace needs, and no restore: holds, marks, annotations, lists of condemned objects, kept times,
 * ticks and pauses of schedules, runbooks, and the copies of manifests. Each is read whole. Not thread-safe.
 */
final class UpkeepCheck {
    /** Sealed documents that say something each by itself; a kind that is added is one more entry. */
    private static final List<String> DOCUMENTS =
            List.of("annotations/", "damage/", "garbage/", "holds/", "pauses/", "removals/", "ticks/", "times/");

    private final NamespaceArchive archive;
    private final List<Damage> problems = new ArrayList<>();

    UpkeepCheck(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Reads and checks.
     *
     * @param known ids of the backups that are looked at anyhow, whether their manifests are there or not
     * @return what is wrong
     */
    List<Damage> run(Set<String> known) {
        DOCUMENTS.forEach(folder -> archive.forEachKey(
                folder, key -> reporting(key, () -> archive.documents().read(key))));
        KeptTimes removed = new KeptTimes(archive);
        archive.store()
                .forEach(
                        archive.layout().manifestCopies(),
                        info -> reporting(info.key(), () -> checkCopy(info.key(), known, removed)));
        RunbookStore runbooks = new RunbookStore(
                archive.store(), archive.layout(), archive.signer().verifyingKey());
        archive.store()
                .forEach(archive.layout().runbooks(), info -> reporting(info.key(), () -> runbooks.check(info.key())));
        return List.copyOf(problems);
    }

    /** A backup that was removed on purpose has left its kept times. */
    private void checkCopy(ObjectKey copy, Set<String> known, KeptTimes removed) {
        String id = copy.name();
        if (!archive.manifests().isCopyGood(id)) {
            if (archive.store().head(copy).isEmpty()) {
                return; // removed since it was listed
            }
            problems.add(
                    new Damage(copy.value(), "it is no copy of a manifest that was signed for backup '" + id + "'"));
        } else if (!known.contains(id) && !isThere(id) && !removed.isRemoved(id)) {
            problems.add(new Damage(
                    archive.layout().manifest(id).value(),
                    "it is missing: there is a copy of it, and nothing says that the backup was removed"));
        }
    }

    private boolean isThere(String backupId) {
        return archive.store().head(archive.layout().manifest(backupId)).isPresent();
    }

    private void reporting(ObjectKey key, Runnable check) {
        try {
            check.run();
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e);
            if (e.code() != ErrorCode.OBJECT_MISSING) { // removed since it was listed
                problems.add(new Damage(key.value(), e.getMessage()));
            }
        }
    }
}
