package dev.tidemark.coordinator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.garbage.GarbageSite;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.repair.RepairOperation;
import dev.tidemark.coordinator.repair.RepairReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An archive in memory that is verified again and again, in virtual time. */
final class VerificationSite {
    static final Duration WITHIN = Duration.ofDays(30);

    final GarbageSite site = new GarbageSite();

    /** Keys of the packs that were read, in order, each once. */
    final List<String> read = new ArrayList<>();

    VerificationSite() {
        site.objects.observe(this::note);
    }

    /** Notes which packs are read; for tests with an observer of their own. */
    void note(Operation operation, String key, boolean isDone) {
        boolean isWhole = operation == Operation.READ && isDone && key.contains("/packs/");
        if (isWhole && !read.contains(key)) {
            read.add(key);
        }
    }

    VerificationOutcome verifyAll() {
        return verify(VerificationLevel.CONTENT, PackChoice.ALL);
    }

    VerificationOutcome verify(PackChoice choice) {
        return verify(VerificationLevel.CONTENT, choice);
    }

    VerificationOutcome verify(VerificationLevel level, PackChoice choice) {
        return verify(site.reopened(), level, choice);
    }

    VerificationOutcome verify(NamespaceArchive archive, VerificationLevel level, PackChoice choice) {
        read.clear();
        VerificationRun run = new VerificationRun(
                archive, new ParallelWork(Runnable::run, 1), site.process().seams(), (done, total) -> {});
        VerificationOutcome outcome = run.verify(level, choice, ids -> ids);
        read.removeIf(key -> level == VerificationLevel.EXISTENCE);
        return outcome;
    }

    Coverage coverage() {
        return new CoverageReader(site.reopened()).read(WITHIN, site.time.instant());
    }

    RepairReport repair() {
        GarbageSite.Process process = site.process();
        try (RepairOperation operation = new RepairOperation(site.reopened(), process.seams())) {
            return operation.run(process.operations, OperationListener.NONE);
        } finally {
            process.die();
        }
    }

    /** Returns the only pack that a backup needs. */
    ObjectKey packOf(String backupId) {
        List<ObjectKey> packs = packsOf(backupId);
        assertThat(packs).hasSize(1);
        return packs.get(0);
    }

    /** Returns the packs that a backup needs, as its inventory says. */
    List<ObjectKey> packsOf(String backupId) {
        List<ObjectKey> packs = new ArrayList<>();
        site.archive
                .inventories()
                .forEachPack(
                        site.archive.inventories().find(backupId).orElseThrow(),
                        pack -> packs.add(site.archive.layout().pack(pack.pack())));
        return packs;
    }

    List<ObjectId> marks() {
        return site.reopened().damageMarks().packs();
    }

    void flip(ObjectKey key, int at) {
        site.objects.damage(key, content -> {
            content[at] ^= 16;
            return content;
        });
    }

    long bytes(ObjectKey pack) {
        return site.objects.head(pack).orElseThrow().sizeBytes();
    }
}
