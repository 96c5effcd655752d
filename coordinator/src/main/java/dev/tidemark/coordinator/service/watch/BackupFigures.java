package dev.tidemark.coordinator.service.watch;

import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.time.Duration;

/**
 * What a backup took and added, as its manifest says.
 *
 * @param backupId its id
 * @param sizes how much it holds and added
 * @param held for how long the immutable timestamp was held
 * @param leaseRenewals how often the lease on it was renewed meanwhile
 */
public record BackupFigures(String backupId, BackupSizes sizes, Duration held, long leaseRenewals) {
    static BackupFigures of(Manifest manifest) {
        return new BackupFigures(
                manifest.backupId(),
                manifest.sizes(),
                Duration.ofMillis(manifest.cut().holdMillis()),
                manifest.cut().refreshes());
    }

    /** Returns the share of its bytes that the archive had already, 0 to 1; 1 when it has no bytes. */
    public double dedupeRatio() {
        return sizes.rawBytes() == 0 ? 1 : 1 - Math.min(1, sizes.newRawBytes() / (double) sizes.rawBytes());
    }
}
