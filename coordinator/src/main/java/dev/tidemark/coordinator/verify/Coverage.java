package dev.tidemark.coordinator.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How much of what backups need was read, and when. Each pack counts as one of fresh, overdue, never and damaged.
 *
 * @param namespace name of the namespace
 * @param at the time that ages are counted from
 * @param within how old a reading may be
 * @param backups number of backups
 * @param certified number of those that have a valid certificate
 * @param unknown backups of which nobody can say what they need: their inventories can't be read
 * @param all all packs that are needed
 * @param fresh those that were read within the time, and right
 * @param overdue those whose reading is longer ago
 * @param never those that were never read
 * @param damaged those that are marked as damaged, or were damaged when they were read
 * @param oldest when the good pack was read whose reading is longest ago; {@link Instant#EPOCH} when there is none
 */
public record Coverage(
        String namespace,
        Instant at,
        Duration within,
        int backups,
        int certified,
        List<String> unknown,
        Amount all,
        Amount fresh,
        Amount overdue,
        Amount never,
        Amount damaged,
        Instant oldest) {
    /** Copies the list. */
    public Coverage {
        unknown = List.copyOf(unknown);
    }

    /** Returns the share of {@link #fresh}, in tenths of a percent of the bytes, rounded down: 1000 only when it is everything. */
    public int freshTenthsOfPercent() {
        return all.bytes() == 0 ? 1000 : (int) (fresh.bytes() / (double) all.bytes() * 1000);
    }

    /**
     * Some packs.
     *
     * @param packs how many
     * @param bytes their bytes
     */
    public record Amount(int packs, long bytes) {
        static final Amount NONE = new Amount(0, 0);

        Amount plus(int sizeBytes) {
            return new Amount(packs + 1, bytes + sizeBytes);
        }
    }
}
