package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.marks.GarbageList;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import java.time.Duration;
import java.time.Instant;

/** Works out what a garbage collection would do. Changes nothing, and needs no lock: a backup that runs makes it inexact. */
public final class GarbagePlanner {
    private final NamespaceArchive archive;

    /** Creates a planner. */
    public GarbagePlanner(NamespaceArchive archive) {
        this.archive = archive;
    }

    /** Counts what is needed, what would be condemned, and what would be removed. */
    public GarbagePlan plan(Duration grace, Instant now) {
        CondemnedObjects condemned = new CondemnedObjects(archive);
        archive.garbageLists().forEach(list -> condemned.add(list, isDue(list, grace, now)));
        Counts fromInventories = new Counts();
        // Packs are most of what there is: they are listed once, unless that tells that inventories are not enough.
        LiveObjects live = LiveObjects.find(archive, (known, info) -> fromInventories.add(info, known, condemned));
        Counts counts = live.isAnyLost() ? new Counts() : fromInventories;
        if (live.isAnyLost()) {
            live.forEachPack(info -> counts.add(info, live, condemned));
        }
        live.forEachOther(info -> counts.add(info, live, condemned));
        return new GarbagePlan(
                archive.namespace(),
                live.backupIds().size(),
                counts.neededObjects,
                counts.neededBytes,
                counts.newObjects,
                counts.newBytes,
                counts.waitingObjects,
                counts.waitingBytes,
                counts.dueObjects,
                counts.dueBytes,
                new OrphanedUploads(archive, grace, now).count());
    }

    static boolean isDue(GarbageList list, Duration grace, Instant now) {
        return !list.at().plus(grace).isAfter(now);
    }

    private static final class Counts {
        private long neededObjects;
        private long neededBytes;
        private long newObjects;
        private long newBytes;
        private long waitingObjects;
        private long waitingBytes;
        private long dueObjects;
        private long dueBytes;

        private void add(ObjectInfo info, LiveObjects live, CondemnedObjects condemned) {
            if (live.isNeeded(info.key())) {
                neededObjects++;
                neededBytes += info.sizeBytes();
            } else if (!condemned.contains(info.key())) {
                newObjects++;
                newBytes += info.sizeBytes();
            } else if (condemned.isDue(info.key())) {
                dueObjects++;
                dueBytes += info.sizeBytes();
            } else {
                waitingObjects++;
                waitingBytes += info.sizeBytes();
            }
        }
    }
}
