package dev.tidemark.coordinator.verify;

import java.util.List;

/**
 * What a verification has found out and done.
 *
 * @param report what was found out
 * @param neededPacks packs that the verified backups need, read or not; 0 at level 1
 * @param neededBytes their bytes
 * @param unrecorded why nothing, or not everything, was written down; empty when everything was
 * @param notes what else has to be said
 * @param marked keys of the packs that got a damage mark
 * @param certified backups whose certificates were issued or renewed
 * @param withdrawn backups whose certificates were withdrawn
 * @param recovered good backups whose inventories name lost or damaged packs: their chunks were stored again
 */
public record VerificationOutcome(
        VerificationReport report,
        int neededPacks,
        long neededBytes,
        String unrecorded,
        List<String> notes,
        List<String> marked,
        List<String> certified,
        List<String> withdrawn,
        List<String> recovered) {
    /** Copies the lists. */
    public VerificationOutcome {
        notes = List.copyOf(notes);
        marked = List.copyOf(marked);
        certified = List.copyOf(certified);
        withdrawn = List.copyOf(withdrawn);
        recovered = List.copyOf(recovered);
    }

    /** Returns the outcome of what could not be begun, or writes nothing. */
    public static VerificationOutcome of(VerificationReport report) {
        return new VerificationOutcome(report, 0, 0, "", List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** Tells whether every needed pack was read, as far as packs were to be read. */
    public boolean isWhole() {
        return report.packs() == neededPacks || report.level() == VerificationLevel.EXISTENCE;
    }
}
