package dev.tidemark.coordinator.archive.verified;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;

/**
 * The result of looking at one pack.
 *
 * @param pack its id
 * @param sizeBytes its length, &gt;= 0
 * @param at when, in whole milliseconds, by the clock of who looked
 * @param level 1: it is there with its size; 2: every byte was read
 * @param isGood whether nothing was wrong
 */
public record VerifiedPack(ObjectId pack, int sizeBytes, Instant at, int level, boolean isGood) {
    /** The last one counts: of equal times the higher level, then damage. */
    public static final Comparator<VerifiedPack> BY_WEIGHT = Comparator.comparing(VerifiedPack::at)
            .thenComparingInt(VerifiedPack::level)
            .thenComparing(VerifiedPack::isGood, Comparator.reverseOrder());

    /** Checks the ranges and cuts the time. */
    public VerifiedPack {
        at = at.truncatedTo(ChronoUnit.MILLIS);
        if (sizeBytes < 0 || level < 1 || level > 2 || at.toEpochMilli() < 0) {
            throw new IllegalArgumentException("pack '" + pack + "': " + sizeBytes + " bytes, at " + at + ", level "
                    + level + " (expected: >= 0, from 1970 on, 1 or 2)");
        }
    }
}
