package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.verify.Coverage;
import java.time.Instant;
import java.util.List;

/**
 * How much of what the backups of a namespace need was read, and when: what {@code tidemark verify --coverage --json} shows of it.
 *
 * @param namespace its name
 * @param within how old a reading may be, in milliseconds
 * @param percent share of the bytes that were read within that time, and right, rounded down to a tenth
 * @param all everything that is needed
 * @param fresh what was read within that time, and right
 * @param overdue what was read before
 * @param never what was never read
 * @param damaged what is known to be damaged
 * @param oldest when the part was read whose reading is longest ago, or null
 * @param backups number of backups
 * @param certified number of those that have a valid certificate
 * @param unknownBackups backups of which nobody can say what they need
 */
public record CoverageView(
        String namespace,
        long within,
        double percent,
        Amount all,
        Amount fresh,
        Amount overdue,
        Amount never,
        Amount damaged,
        Instant oldest,
        int backups,
        int certified,
        List<String> unknownBackups) {
    /** Copies the list. */
    public CoverageView {
        unknownBackups = List.copyOf(unknownBackups);
    }

    /** Returns the view of a coverage. */
    public static CoverageView of(Coverage coverage) {
        return new CoverageView(
                coverage.namespace(),
                coverage.within().toMillis(),
                coverage.freshTenthsOfPercent() / 10.0,
                Amount.of(coverage.all()),
                Amount.of(coverage.fresh()),
                Amount.of(coverage.overdue()),
                Amount.of(coverage.never()),
                Amount.of(coverage.damaged()),
                coverage.oldest().equals(Instant.EPOCH) ? null : coverage.oldest(),
                coverage.backups(),
                coverage.certified(),
                coverage.unknown());
    }

    /**
     * Part of an archive.
     *
     * @param packs how many packs
     * @param bytes their bytes
     */
    public record Amount(int packs, long bytes) {
        private static Amount of(Coverage.Amount amount) {
            return new Amount(amount.packs(), amount.bytes());
        }
    }
}
