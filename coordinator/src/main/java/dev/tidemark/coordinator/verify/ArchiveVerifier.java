package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkLocation;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.PackVerifier;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.RecordsCheck;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Verifies the backups of a namespace against the archive. Damage is reported, never thrown; what is thrown means that nothing
 * was found out (the store does not answer, say).
 *
 * <p>Level 1 streams the file lists of all backups and notes which chunks they need. Level 2 then reads each pack that holds
 * one of them once, however many backups share it, and streams the lists a second time only when something was wrong, to
 * name the files that suffer. Memory: the index, two bits for each chunk, one pack for
 * each worker. One verification for each object; not thread-safe.
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

    /** Numbers of the chunks that some backup needs. */
    private final BitSet needed = new BitSet();

    /** Numbers of the chunks that were read and are what their ids say; guarded by this, as the results of level 2 are. */
    private final BitSet good = new BitSet();

    private final Map<ObjectId, String> damagedPacks = new TreeMap<>();
    private final RecordsCheck records;
    private final VerificationLevel level;
    private final ParallelWork work;

    /** Those that no worker uses. */
    private final Queue<PackVerifier> verifiers = new ConcurrentLinkedQueue<>();

    private int packs;
    private long readBytes;

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

    /**
     * Verifies backups.
     *
     * @param backupIds what to verify; an id without a backup is reported as damaged
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_UNAVAILABLE}, {@link ErrorCode#INTERRUPTED}
     */
    public VerificationReport verify(List<String> backupIds) {
        Map<String, BackupFindings> findings = new LinkedHashMap<>();
        backupIds.forEach(id -> findings.put(id, new BackupFindings(id)));
        findNeeded(findings.values());
        if (level == VerificationLevel.CONTENT) {
            readPacks();
            BitSet bad = (BitSet) needed.clone();
            bad.andNot(good);
            if (!bad.isEmpty() || !damagedPacks.isEmpty()) {
                findings.values().forEach(backup -> blame(backup, bad));
            }
        }
        List<BackupVerification> results =
                findings.values().stream().map(BackupFindings::result).toList();
        List<Damage> missing = missingPacks();
        List<Damage> problems = indexProblems();
        InventoryCheck inventories = new InventoryCheck(archive, index);
        backupIds.forEach(inventories::check);
        problems.addAll(inventories.problems());
        if (level == VerificationLevel.CONTENT) {
            problems.addAll(new UpkeepCheck(archive).run(findings.keySet()));
        }
        List<Damage> remarks = new ArrayList<>(inventories.outdated());
        boolean isSuffering = results.stream().anyMatch(result -> !result.isGood());
        (isSuffering ? problems : remarks).addAll(missing);
        return new VerificationReport(
                archive.namespace(), level, results, limited(problems), limited(remarks), packs, readBytes);
    }

    private void findNeeded(Iterable<BackupFindings> backups) {
        Map<Long, String> idBySequence = new HashMap<>();
        for (BackupFindings backup : backups) {
            String object = archive.layout().manifest(backup.backupId()).value();
            reporting(backup, object, () -> {
                requireManifest(backup.backupId(), object);
                Manifest manifest = archive.manifests().read(backup.backupId());
                String other = idBySequence.putIfAbsent(manifest.sequence(), backup.backupId());
                if (other != null) {
                    backup.addObject(
                            object,
                            "it has the same sequence number as backup '" + other + "': one of them was put back");
                }
                forEachFile(backup, manifest, file -> markNeeded(backup, file));
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
        backup.countFile(file.entry.sizeBytes());
        int missing = 0;
        for (ChunkId id : file.entry.chunks()) {
            int number = index.numberOf(id);
            if (number < 0) {
                missing++;
            } else {
                needed.set(number);
            }
        }
        if (missing > 0) {
            backup.addFile(
                    file.name(), missing + " of its " + file.entry.chunks().size() + " chunks are not in the archive");
        }
    }

    private void readPacks() {
        Map<ObjectId, Integer> sizes = new TreeMap<>();
        needed.stream().mapToObj(index::location).forEach(place -> sizes.put(place.pack(), place.packSizeBytes()));
        long total = sizes.values().stream().mapToLong(Integer::longValue).sum();
        work.run(List.copyOf(sizes.keySet()), pack -> readPack(pack, total));
    }

    private void readPack(ObjectId pack, long totalBytes) {
        long bytes = 0;
        PackVerifier spare = verifiers.poll();
        PackVerifier verifier = spare == null ? archive.chunks().packVerifier() : spare;
        try {
            bytes = verifier.verify(pack, (id, offset, isGood) -> mark(pack, id, offset, isGood));
        } catch (CoordinatorException e) {
            requireDamage(e);
            readSingly(pack);
            synchronized (this) {
                damagedPacks.put(pack, e.getMessage());
            }
        } finally {
            verifiers.add(verifier);
        }
        synchronized (this) {
            readBytes += bytes;
            packs++;
            progress.verified(readBytes, totalBytes);
        }
    }

    private void mark(ObjectId pack, ChunkId id, int offset, boolean isGood) {
        int number = index.numberOf(id);
        if (number < 0) {
            return;
        }
        ChunkLocation place = index.location(number);
        if (isGood && place.pack().equals(pack) && place.offset() == offset) {
            setGood(number);
        }
    }

    private synchronized void setGood(int number) {
        good.set(number);
    }

    /** A pack whose table is damaged may still have good chunks. */
    private void readSingly(ObjectId pack) {
        ChunkReader reader = archive.chunkReader(index);
        for (int number = needed.nextSetBit(0); number >= 0; number = needed.nextSetBit(number + 1)) {
            if (index.location(number).pack().equals(pack) && isReadable(reader, number)) {
                setGood(number);
            }
        }
    }

    private boolean isReadable(ChunkReader reader, int number) {
        try {
            reader.read(index.id(number));
            return true;
        } catch (CoordinatorException e) {
            requireDamage(e);
            return false;
        }
    }

    /** Names the files and packs of a backup that have damage. */
    private void blame(BackupFindings backup, BitSet bad) {
        reporting(backup, archive.layout().manifest(backup.backupId()).value(), () -> {
            Manifest manifest = archive.manifests().read(backup.backupId());
            forEachFile(backup, manifest, file -> {
                int damaged = 0;
                Set<ObjectId> packsOfDamaged = new TreeSet<>();
                for (ChunkId id : file.entry.chunks()) {
                    int number = index.numberOf(id);
                    if (number >= 0 && bad.get(number)) {
                        damaged++;
                        packsOfDamaged.add(index.location(number).pack());
                    }
                    blamePack(backup, number);
                }
                if (damaged > 0) {
                    backup.addFile(
                            file.name(),
                            damaged + " of its " + file.entry.chunks().size() + " chunks are damaged, in "
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

    private void blamePack(BackupFindings backup, int number) {
        if (number >= 0 && !damagedPacks.isEmpty()) {
            ObjectId pack = index.location(number).pack();
            String message = damagedPacks.get(pack);
            if (message != null) {
                backup.addObject(archive.layout().pack(pack).value(), message);
            }
        }
    }

    private void forEachFile(BackupFindings backup, Manifest manifest, Consumer<ListedFile> action) {
        for (StoreBackup store : manifest.stores()) {
            for (NodeBackup node : store.nodes()) {
                String place = store.name() + "/" + node.node();
                reporting(backup, "file list of " + place, () -> {
                    long files = 0;
                    long bytes = 0;
                    try (CloseableIterator<FileEntry> entries = archive.readFileList(node.fileList())) {
                        while (entries.hasNext()) {
                            FileEntry entry = entries.next();
                            files++;
                            bytes += entry.sizeBytes();
                            action.accept(new ListedFile(place, entry));
                        }
                    }
                    if (files != node.files() || bytes != node.bytes()) {
                        backup.addObject(
                                "file list of " + place,
                                files + " files of " + bytes + " bytes (expected: " + node.files() + " of "
                                        + node.bytes() + ")");
                    }
                });
            }
        }
    }

    private List<Damage> indexProblems() {
        List<Damage> problems = new ArrayList<>();
        index.problems().forEach(problem -> problems.add(new Damage(problem.object(), problem.message())));
        records.problems().forEach(problem -> problems.add(new Damage(problem.object(), problem.message())));
        Set<ObjectId> adopted = index.adoptedPacks();
        long unnamed = needed.stream()
                .mapToObj(number -> index.location(number).pack())
                .filter(adopted::contains)
                .distinct()
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

    private static List<Damage> limited(List<Damage> damages) {
        return damages.subList(0, Math.min(damages.size(), BackupVerification.MAX_DAMAGES));
    }

    private static void reporting(BackupFindings backup, String object, Runnable action) {
        try {
            action.run();
        } catch (CoordinatorException e) {
            requireDamage(e);
            backup.addObject(object, e);
        }
    }

    /** Throws on what says nothing about the archive's content. */
    static void requireDamage(CoordinatorException e) {
        boolean isDamage = e.code() == ErrorCode.OBJECT_MISSING
                || e.code() == ErrorCode.OBJECT_DAMAGED
                || e.code() == ErrorCode.MANIFEST_INVALID
                || e.code() == ErrorCode.UNKNOWN_BACKUP
                || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
        if (!isDamage) {
            throw e;
        }
    }

    private record ListedFile(String place, FileEntry entry) {
        String name() {
            return place + ": " + entry.path();
        }
    }

    /** Is told how far level 2 has got. */
    @FunctionalInterface
    public interface Progress {
        /** A pack was read: bytes of all packs so far and in all. Called from the workers, by one at a time. */
        void verified(long doneBytes, long totalBytes);
    }
}
