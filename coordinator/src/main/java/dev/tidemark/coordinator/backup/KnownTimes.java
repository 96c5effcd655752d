package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Up to which timestamp an archive has the time index, and whether it has all of it.
 *
 * @param lastTimestamp that of the parent's last point; 0 when there is no parent that can be read
 * @param isWithoutGap whether every backup from the parent back to the oldest one that can be read names the one before it.
 *     One that is missing in between, damaged or removed, has taken its points with it
 */
record KnownTimes(long lastTimestamp, boolean isWithoutGap) {
    static KnownTimes read(NamespaceArchive archive, String parentBackupId) {
        Map<String, Link> links = new HashMap<>();
        List<DamagedManifest> damaged =
                archive.manifests().forEach(manifest -> links.put(manifest.backupId(), Link.of(manifest)));
        Link parent = links.remove(parentBackupId);
        if (parent == null) {
            return new KnownTimes(0, false);
        }
        Link oldest = parent;
        Link next = links.remove(oldest.parentBackupId);
        while (next != null) {
            oldest = next;
            next = links.remove(oldest.parentBackupId);
        }
        String missing = oldest.parentBackupId;
        boolean isDamaged =
                damaged.stream().anyMatch(manifest -> manifest.backupId().equals(missing));
        long oldestTimestamp = oldest.backupTimestamp;
        boolean isGap = links.values().stream().anyMatch(link -> link.backupTimestamp < oldestTimestamp);
        return new KnownTimes(parent.lastTimestamp, missing.isEmpty() || !isDamaged && !isGap);
    }

    private record Link(String parentBackupId, long backupTimestamp, long lastTimestamp) {
        static Link of(Manifest manifest) {
            List<TimePoint> points = manifest.timeIndex();
            long last = points.isEmpty()
                    ? manifest.backupTimestamp()
                    : points.get(points.size() - 1).timestamp();
            return new Link(manifest.parentBackupId(), manifest.backupTimestamp(), last);
        }
    }
}
