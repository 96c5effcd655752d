package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.RecordsCheck;
import dev.tidemark.coordinator.verify.BackupLists.ListedFile;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Verifies the backups of a namespace against the archive. Damage is reported, never thrown; what is thrown means that nothing
 * was found out (the store does not answer, say). Writes nothing; {@link VerificationRun} remembers.
 *
 * <p>Level 1 streams the file lists of all backups and notes which chunks they need. Level 2 then reads each pack that holds
 * one of them once, however many backups share it, and streams the lists a second time only when something was wrong, to
 * name the files that suffer. Packs that were marked as damaged earlier, and are not read this time, count as damaged. Memory: the
 * index, three bits for each chunk, and see {@link NeededChunks} and {@link PackReading}. One verification for each object; not
 * thread-safe.
 *
 * <p>What level 2 leaves out is the SHA-256 of whole files. A file list is authentic, a chunk is what its id, a keyed hash of
 * its content, says, and a backup computes list, chunks and SHA-256 in one pass over the same bytes; so only a defect of the
 * software that wrote the backup could make them differ, and no damage of the archive. To compare them each file of each
 * backup would have to be read in its own order, chunks that backups share again and again. A restore does just that, with
 * every file that it stages: a restore into a scratch place is the full proof.
 */
public final class ArchiveVerifier {
    private static final int MAX_NAMED_PACKS = 3;

    /** Each holds a pack in memory. */
    private static final int MAX_WORKERS = 4;

    private final NamespaceArchive archive;
    private final ChunkIndex index;
    private final Progress progress;
    private final NeededChunks needed;
    private final BackupLists lists;
    private final KnownDamage known;
    private final RecordsCheck records;
    private final VerificationLevel level;
    private final ParallelWork work;

    /** Prepares a verification by one thread; see the other constructor. */
    public ArchiveVerifier(NamespaceArchive archive, VerificationLevel level, Progress progress) {
        this(archive, level, new ParallelWork(Runnable::run, 1), progress);
    }

    /**
     * Prepares a verification; loads the namespace's index and checks its journals and its lock.
     *
     * @param work reads packs at level 2, {@value #MAX_WORKERS} at a time at most
     */
    public ArchiveVerifier(NamespaceArchive archive, VerificationLevel level, ParallelWork work, Progress progress) {
        this.archive = archive;
        this.level = level;
        this.work = work.atMost(MAX_WORKERS);
        this.progress = progress;
        index = archive.loadIndex();
        needed = new NeededChunks(index);
        lists = new BackupLists(archive);
        known = new KnownDamage(archive);
        records = new RecordsCheck(
                archive, level == VerificationLevel.CONTENT ? RecordsCheck.Extent.ALL : RecordsCheck.Extent.ENDS);
    }

    /** Returns the ids of all backups, ordered: those that have a manifest, and those that were completed and must have one. */
    public List<String> backupIds() {
        TreeSet<String> ids = new TreeSet<>(archive.manifests().backupIds());
        KeptTimes removed = new KeptTimes(archive);
        for (String id : records.completedBackups()) {
            if (!ids.contains(id) && !removed.isRemoved(id)) {
                ids.add(id);
            }
        }
        return List.copyOf(ids);
    }

    /** Tells whether a pack is there, with this size. */
    boolean hasPack(ObjectId pack, int sizeBytes) {
        return index.hasPack(pack, sizeBytes);
    }

    /**
     * Verifies backups, all packs that they need at level 2.
     *
     * @param backupIds what to verify; an id without a backup is reported as damaged
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_UNAVAILABLE}, {@link ErrorCode#INTERRUPTED}
     */
    public VerificationReport verify(List<String> backupIds) {
        return verify(backupIds, PackSelection.ALL, result -> {}).report();
    }

    /**
     * Verifies backups, and of the packs that they need those that are selected.
     *
     * @param listener is told of each pack right after it was read, by several threads
     */
    Findings verify(List<String> backupIds, PackSelection selection, Consumer<PackResult> listener) {
        Map<String, BackupFindings> findings = new LinkedHashMap<>();
        backupIds.forEach(id -> findings.put(id, new BackupFindings(id)));
        findNeeded(findings.values());
        PackReading reading = new PackReading(archive, index, needed, progress, listener);
        if (level == VerificationLevel.CONTENT) {
            List<String> goodSoFar = backupIds.stream()
                    .filter(id -> findings.get(id).result().isGood())
                    .toList();
            reading.read(
                    selection.choose(index, needed, needed.newest(goodSoFar).orElse("")), work);
        }
        BitSet bad = reading.badChunks();
        bad.or(known.badChunks(index, needed, reading.readPacks()));
        if (!bad.isEmpty() || !reading.damagedPacks().isEmpty()) {
            findings.values().forEach(backup -> blame(backup, bad, reading.damagedPacks()));
        }
        InventoryCheck inventories = new InventoryCheck(archive, index, known, needed);
        VerificationReport report = report(findings, reading, inventories);
        List<String> recovered = report.backups().stream()
                .filter(BackupVerification::isGood)
                .map(BackupVerification::backupId)
                .filter(inventories.replaced()::contains)
                .toList();
        return new Findings(report, recovered, index, needed, known, reading);
    }

    private VerificationReport report(
            Map<String, BackupFindings> findings, PackReading reading, InventoryCheck inventories) {
        List<BackupVerification> results = findings.values().stream()
                .map(BackupFindings::result)
                .filter(result -> !isRemovedMeanwhile(result))
                .toList();
        List<Damage> missing = missingPacks();
        List<Damage> problems = indexProblems();
        results.forEach(result -> inventories.check(result.backupId()));
        problems.addAll(inventories.problems());
        if (level == VerificationLevel.CONTENT) {
            problems.addAll(new UpkeepCheck(archive).run(findings.keySet()));
        }
        List<Damage> remarks = new ArrayList<>(inventories.outdated());
        boolean isSuffering = results.stream().anyMatch(result -> !result.isGood());
        (isSuffering ? problems : remarks).addAll(missing);
        remarks.addAll(markedPacks());
        return new VerificationReport(
                archive.namespace(),
                level,
                results,
                limited(problems),
                limited(remarks),
                reading.readPacks().cardinality(),
                reading.readBytes());
    }

    /** Verification takes no lock: a backup that was removed on purpose while it ran is not damaged. */
    private boolean isRemovedMeanwhile(BackupVerification result) {
        return !result.isGood()
                && archive.store()
                        .head(archive.layout().manifest(result.backupId()))
                        .isEmpty()
                && new KeptTimes(archive).isRemoved(result.backupId());
    }

    private void findNeeded(Iterable<BackupFindings> backups) {
        Map<Long, String> idBySequence = new HashMap<>();
        for (BackupFindings backup : backups) {
            String object = archive.layout().manifest(backup.backupId()).value();
            BackupLists.reporting(backup, object, () -> {
                requireManifest(backup.backupId(), object);
                Manifest manifest = archive.manifests().read(backup.backupId());
                String other = idBySequence.putIfAbsent(manifest.sequence(), backup.backupId());
                if (other != null) {
                    backup.addObject(
                            object,
                            "it has the same sequence number as backup '" + other + "': one of them was put back");
                }
                needed.begin(manifest);
                lists.forEachFile(backup, manifest, file -> markNeeded(backup, file));
            });
        }
    }

    private void requireManifest(String backupId, String object) {
        if (records.completedBackups().contains(backupId)
                && archive.store().head(archive.layout().manifest(backupId)).isEmpty()) {
            throw new CoordinatorException(
                    ErrorCode.OBJECT_MISSING,
                    "object '" + object + "' is missing: the journal says that the backup was completed",
                    "Restore the manifest from a copy of the archive.");
        }
    }

    private void markNeeded(BackupFindings backup, ListedFile file) {
        backup.countFile(file.entry().sizeBytes());
        int missing = 0;
        for (ChunkId id : file.entry().chunks()) {
            int number = index.numberOf(id);
            if (number < 0) {
                missing++;
            } else {
                needed.add(number);
            }
        }
        if (missing > 0) {
            backup.addFile(
                    file.name(),
                    missing + " of its " + file.entry().chunks().size() + " chunks are not in the archive");
        }
    }

    /** Names the files and packs of a backup that have damage. */
    private void blame(BackupFindings backup, BitSet bad, Map<ObjectId, String> damagedPacks) {
        BackupLists.reporting(
                backup, archive.layout().manifest(backup.backupId()).value(), () -> {
                    Manifest manifest = archive.manifests().read(backup.backupId());
                    lists.forEachFile(backup, manifest, file -> {
                        int damaged = 0;
                        Set<ObjectId> packsOfDamaged = new TreeSet<>();
                        for (ChunkId id : file.entry().chunks()) {
                            int number = index.numberOf(id);
                            if (number >= 0 && bad.get(number)) {
                                damaged++;
                                packsOfDamaged.add(index.location(number).pack());
                            }
                            blamePack(backup, number, damagedPacks);
                        }
                        if (damaged > 0) {
                            backup.addFile(
                                    file.name(),
                                    damaged + " of its " + file.entry().chunks().size() + " chunks are damaged, in "
                                            + names(packsOfDamaged));
                        }
                    });
                });
    }

    private String names(Set<ObjectId> packsOfDamaged) {
        String names = packsOfDamaged.stream()
                .limit(MAX_NAMED_PACKS)
                .map(pack -> "'" + archive.layout().pack(pack) + "'")
                .collect(Collectors.joining(", "));
        int others = packsOfDamaged.size() - MAX_NAMED_PACKS;
        return others > 0 ? names + " and " + others + " more" : names;
    }

    private void blamePack(BackupFindings backup, int number, Map<ObjectId, String> damagedPacks) {
        if (number >= 0 && !damagedPacks.isEmpty()) {
            ObjectId pack = index.location(number).pack();
            String message = damagedPacks.get(pack);
            if (message != null) {
                backup.addObject(archive.layout().pack(pack).value(), message);
            }
        }
    }

    private List<Damage> indexProblems() {
        List<Damage> problems = new ArrayList<>();
        index.problems().forEach(problem -> problems.add(new Damage(problem.object(), problem.message())));
        records.problems().forEach(problem -> problems.add(new Damage(problem.object(), problem.message())));
        Set<ObjectId> adopted = index.adoptedPacks();
        long unnamed = needed.packs().stream()
                .filter(pack -> adopted.contains(index.pack(pack).id()))
                .count();
        if (unnamed > 0) {
            problems.add(
                    new Damage(
                            archive.layout().indexes(),
                            "no index object that can be read names " + unnamed
                                    + " packs that backups need; restores find them all the same, and the next backup indexes them"));
        }
        return problems;
    }

    private List<Damage> missingPacks() {
        return index.missingPacks().stream()
                .sorted()
                .map(pack -> new Damage(
                        archive.layout().pack(pack).value(), "it is not there or has another size than the index says"))
                .toList();
    }

    private List<Damage> markedPacks() {
        if (known.isEmpty()) {
            return List.of();
        }
        Set<ObjectId> used =
                needed.packs().stream().mapToObj(pack -> index.pack(pack).id()).collect(Collectors.toSet());
        return known.packs().stream()
                .filter(pack -> !used.contains(pack) && !index.missingPacks().contains(pack))
                .map(pack -> new Damage(archive.layout().pack(pack).value(), "it is marked as damaged"))
                .toList();
    }

    private static List<Damage> limited(List<Damage> damages) {
        return damages.subList(0, Math.min(damages.size(), BackupVerification.MAX_DAMAGES));
    }

    /**
     * Everything that a verification has found out.
     *
     * @param recovered good backups that don't need the lost and damaged packs any more which their inventories name
     */
    record Findings(
            VerificationReport report,
            List<String> recovered,
            ChunkIndex index,
            NeededChunks needed,
            KnownDamage known,
            PackReading reading) {}

    /** Is told how far level 2 has got. */
    @FunctionalInterface
    public interface Progress {
        /** A pack was read: bytes of all packs so far and in all. Called from the workers, by one at a time. */
        void verified(long doneBytes, long totalBytes);
    }
}
