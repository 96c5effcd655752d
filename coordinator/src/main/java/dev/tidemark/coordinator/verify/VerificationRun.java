package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A verification that remembers: which packs were read when, which are damaged, and which backups can be certified. It takes no lock,
 * since it may run for hours and must not keep backups waiting; whatever it writes is right beside anything else that runs. What it
 * can't write (with the key of a reader, in an archive that can't be changed) it leaves, and says so. Not thread-safe.
 */
public final class VerificationRun {
    /** Packs that are marked because they are missing, in one run; whatever has lost more than that is not helped by marks. */
    private static final int MAX_MISSING_MARKS = 10_000;

    private final NamespaceArchive archive;
    private final ParallelWork work;
    private final EngineSeams seams;
    private final ArchiveVerifier.Progress progress;

    /** Prepares a verification; {@link #verify} does it. */
    public VerificationRun(
            NamespaceArchive archive, ParallelWork work, EngineSeams seams, ArchiveVerifier.Progress progress) {
        this.archive = archive;
        this.work = work;
        this.seams = seams;
        this.progress = progress;
    }

    /**
     * Verifies.
     *
     * @param choice which packs are read at level 2; without meaning at level 1
     * @param backups chooses among the ids of all backups
     * @throws CoordinatorException as {@link ArchiveVerifier#verify(List)}; what was read until then is remembered
     */
    public VerificationOutcome verify(VerificationLevel level, PackChoice choice, UnaryOperator<List<String>> backups) {
        ArchiveVerifier verifier = new ArchiveVerifier(archive, level, work, progress);
        Instant now = seams.clock().instant();
        VerificationMemory memory = VerificationMemory.load(
                archive.verificationRecords(), now, pack -> verifier.hasPack(pack.pack(), pack.sizeBytes()));
        PackOrder order = new PackOrder(choice, memory, now, seams.random());
        VerificationRecorder recorder = new VerificationRecorder(archive, seams.clock(), memory, refusal());
        ArchiveVerifier.Findings findings;
        try {
            findings = verifier.verify(backups.apply(verifier.backupIds()), order, recorder::read);
        } catch (RuntimeException | Error e) {
            flush(recorder, e);
            throw e;
        }
        recorder.flush();
        markMissing(findings, recorder);
        Certification certification = new Certification(archive, seams, findings, memory);
        findings.report().backups().forEach(backup -> certify(certification, recorder, level, backup));
        recorder.merge();
        List<String> notes = new ArrayList<>(order.notes());
        memory.problems().forEach(problem -> notes.add("a part of what was remembered is lost: " + problem));
        if (!recorder.untidied().isEmpty()) {
            notes.add("what is remembered was merged, and the old documents stay: " + recorder.untidied());
        }
        notes.addAll(marksThatAreNotTrue(findings));
        return new VerificationOutcome(
                findings.report(),
                order.neededPacks(),
                order.neededBytes(),
                recorder.refusal(),
                notes,
                recorder.marked().stream()
                        .map(pack -> archive.layout().pack(pack).value())
                        .toList(),
                certification.issued(),
                certification.withdrawn(),
                findings.recovered());
    }

    private String refusal() {
        return archive.signer().canSign() ? "" : "the key that opened the archive is a reader's";
    }

    private static void flush(VerificationRecorder recorder, Throwable failure) {
        try {
            recorder.flush();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Packs that a backup misses, as its inventory says. One whose chunks are in other packs misses none. */
    private void markMissing(ArchiveVerifier.Findings findings, VerificationRecorder recorder) {
        Set<ObjectId> missing = new LinkedHashSet<>();
        for (BackupVerification backup : findings.report().backups()) {
            if (!backup.isGood()) {
                addMissing(backup.backupId(), findings, missing);
            }
        }
        missing.forEach(pack -> recorder.mark(pack, "it is not there, or has another size", List.of()));
    }

    private void addMissing(String backupId, ArchiveVerifier.Findings findings, Set<ObjectId> missing) {
        try {
            Optional<Inventory> inventory = archive.inventories().find(backupId);
            inventory.ifPresent(found -> archive.inventories().forEachPack(found, pack -> {
                boolean isThere = findings.index().hasPack(pack.pack(), pack.sizeBytes())
                        && !findings.reading().gonePacks().contains(pack.pack());
                if (!isThere && missing.size() < MAX_MISSING_MARKS) {
                    missing.add(pack.pack());
                }
            }));
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e); // reported with the inventory
        }
    }

    private static void certify(
            Certification certification,
            VerificationRecorder recorder,
            VerificationLevel level,
            BackupVerification backup) {
        recorder.attempt(() -> {
            if (!backup.isGood()) {
                certification.withdraw(backup);
            } else if (level == VerificationLevel.CONTENT) {
                certification.issue(backup.backupId());
            }
            return true;
        });
    }

    /** Only who has the namespace's lock takes marks away. */
    private List<String> marksThatAreNotTrue(ArchiveVerifier.Findings findings) {
        return findings.reading().readPacks().stream()
                .mapToObj(pack -> findings.index().pack(pack).id())
                .filter(findings.known()::isMarked)
                .filter(pack -> findings.reading().isGood(pack))
                .map(
                        pack -> "pack '" + archive.layout().pack(pack)
                                + "' is marked as damaged, and every byte of it is right: 'tidemark repair' takes the mark away")
                .toList();
    }
}
