package dev.tidemark.coordinator.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The kinds of objects of an archive, and what somebody may do to one without anybody noticing, each with the reason. A kind that is
 * added to the archive is added here, and {@link WholeArchive} makes an object of it.
 */
enum ArchiveKind {
    HEADER("tidemark-archive\\.json"),
    KEY_SLOT(
            "keys/master/[0-9a-f]{32}\\.json",
            "nothing names the slots, and whoever can delete one can delete all",
            Change.DELETED),
    AUDIT(
            "audit/[0-9]{8}/[0-9]{12}",
            "that the last ones were cut off only the journals tell, and a position that was noted elsewhere",
            Change.DELETED),
    DATA_KEY("ns/[^/]+/keys/[0-9]{8}\\.json"),
    TOMBSTONE(
            "ns/[^/]+/shredded/[0-9]{8}",
            "then the keys look lost; who can delete the mark and put back the keys undoes a shredding",
            Change.DELETED),
    PACK("ns/[^/]+/packs/[0-9a-f]{2}/[0-9a-f]{32}"),
    INDEX(
            "ns/[^/]+/index/[0-9a-f]{32}",
            "a copy of the packs' tables; it is reported when a backup needs a pack that no other one names",
            Change.DELETED),
    FILE_LIST("ns/[^/]+/lists/[0-9a-f]{32}"),
    INVENTORY("ns/[^/]+/inventories/[^/]+/[0-9]{8}"),
    PACK_LIST("ns/[^/]+/packlists/[0-9a-f]{32}"),
    ABANDONED(
            "ns/[^/]+/manifests/" + WholeArchive.GIVEN_UP,
            "there is no backup, and nobody reads more of it than its kind",
            Change.values()),
    MANIFEST("ns/[^/]+/manifests/(?!" + WholeArchive.GIVEN_UP + "$)[^/]+"),
    MANIFEST_COPY("ns/[^/]+/manifestcopies/[^/]+", "for repairs alone, and a repair makes it again", Change.DELETED),
    KEPT_TIMES(
            "ns/[^/]+/times/[^/]+",
            "that it must be there only a backup's journal says, and a backup that was taken over has none",
            Change.DELETED),
    HOLD(
            "ns/[^/]+/holds/[0-9a-f]{32}",
            "nothing names it, and whoever can delete it can delete the backup",
            Change.DELETED),
    REMOVAL("ns/[^/]+/removals/[^/]+", "nothing names it; a removal that goes on writes it again", Change.DELETED),
    ANNOTATIONS("ns/[^/]+/annotations/[^/]+/[0-9]{8}", "nothing names them, and they decide nothing", Change.DELETED),
    GARBAGE("ns/[^/]+/garbage/[0-9]{8}", "nothing names it; its objects are condemned anew", Change.DELETED),
    DAMAGE("ns/[^/]+/damage/[0-9a-f]{32}(\\.all)?", "nothing names it; the damage is found anew", Change.DELETED),
    VERIFIED("ns/[^/]+/verified/[^/]+", "what can't be read is verified again", Change.values()),
    CERTIFICATE(
            "ns/[^/]+/certificates/[^/]+/[0-9]{8}",
            "who asks for it is told; a verification of every byte proves more than it says", Change.values()),
    RUNBOOK(
            "ns/[^/]+/runbooks/[^/]+/(RESTORE\\.rst|restore\\.sh)",
            "whoever asks for it gets another one, from the configuration",
            Change.DELETED),
    TICK(
            "ns/[^/]+/ticks/[^/]+/[0-9]{8}T[0-9]{6}Z/[0-9]{6}",
            "nothing names it, and old ones are deleted anyhow; the tick runs once more at most", Change.DELETED),
    PAUSE("ns/[^/]+/pauses/[0-9]{8}", "nothing names it; who can delete it can delete the backups", Change.DELETED),
    JOURNAL(
            "ns/[^/]+/journal/[^/]+/[0-9]{8}",
            "a gap and a missing end are reported; an operation with one record leaves neither", Change.DELETED),
    ORDER(
            "ns/[^/]+/orders/[0-9]{6}/[0-9a-f]{32}\\.(accepted|begun|ended)",
            "the service alone reads them, and carries out none that it can't open; no backup needs one",
            Change.values()),
    LOCK(
            "ns/[^/]+/lock/[0-9]{10}",
            "the last entry that is there counts, and old ones are deleted anyhow",
            Change.DELETED);

    private final Pattern names;
    private final String reason;
    private final List<Change> harmless;

    ArchiveKind(String names) {
        this(names, "");
    }

    ArchiveKind(String names, String reason, Change... harmless) {
        this.names = Pattern.compile(names);
        this.reason = reason;
        this.harmless = List.of(harmless);
    }

    /** What is done to an object. */
    enum Change {
        BIT_FLIPPED,
        EMPTIED,
        HALVED,
        SHORTENED,
        EXTENDED,
        /** It gets the content of another object of its kind, or of another kind when it is alone. */
        EXCHANGED,
        DELETED,
        /** A content that was once under its name, and was deleted or replaced since, is there again. */
        PUT_BACK
    }

    /** Tells whether a restore reads objects of this kind. */
    boolean isRead() {
        return switch (this) {
            case HEADER, KEY_SLOT, DATA_KEY, PACK, INDEX, FILE_LIST, MANIFEST, DAMAGE, LOCK -> true;
            default -> false;
        };
    }

    /** Returns why nobody needs to notice a change of an object of this kind; nothing when it must be reported. */
    Optional<String> whyHarmless(Change change) {
        if (change == Change.PUT_BACK) {
            return Optional.of("what was once true, and is signed or sealed for its place, looks true");
        }
        return harmless.contains(change) ? Optional.of(reason) : Optional.empty();
    }

    /** Returns the kinds that a name fits: exactly one, unless there is a kind that nobody has thought of. */
    static List<ArchiveKind> fitting(String key) {
        return Arrays.stream(values())
                .filter(kind -> kind.names.matcher(key).matches())
                .toList();
    }

    static ArchiveKind of(String key) {
        return fitting(key).get(0);
    }
}
