package dev.tidemark.coordinator.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.check.ArchiveChecker;
import dev.tidemark.coordinator.check.CheckLevel;
import dev.tidemark.coordinator.check.NamespaceCheck;
import dev.tidemark.coordinator.garbage.GarbageSite;
import dev.tidemark.coordinator.repair.RepairReport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** I-6: damage that is found stays known, until it is put right. */
class DamageMarkTest {
    private final VerificationSite verification = new VerificationSite();
    private final GarbageSite site = verification.site;

    /** From the flipped bit to the day on which nothing of it is left. */
    @Test
    void damage_fromItsDiscoveryToItsEnd_isKnownToEverybody() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 1, 2, 3);
        verification.verifyAll();
        ObjectKey pack = verification.packOf("b-1");
        verification.flip(pack, 60);

        VerificationOutcome found = verification.verifyAll();
        assertThat(found.marked()).containsExactly(pack.value());
        assertThat(found.withdrawn()).containsExactly("b-1", "b-2");
        assertThat(marked()).containsExactly("b-1", "b-2");
        assertThat(check()).isEqualTo(NamespaceCheck.State.DAMAGED);
        assertThat(verification.coverage().damaged().packs()).isEqualTo(1);
        assertThat(verification
                        .verify(VerificationLevel.EXISTENCE, PackChoice.ALL)
                        .report()
                        .isGood())
                .as("known, though level 1 reads nothing")
                .isFalse();
        assertThat(verification.verify(new PackChoice.Budget(1)).report().isGood())
                .as("known, though it was not read again")
                .isFalse();

        int packs = site.count("packs/");
        site.backup("b-3", 1, 2, 3);
        assertThat(site.count("packs/")).as("just what was in the damaged pack").isEqualTo(packs + 1);
        assertThat(verification.packsOf("b-3")).doesNotContain(pack).containsAnyElementsOf(verification.packsOf("b-2"));
        site.assertHolds("b-1", 1, 2);
        assertThat(marked()).isEmpty();
        VerificationOutcome again = verification.verifyAll();
        assertThat(again.report().isGood()).isTrue();
        assertThat(again.recovered()).containsExactly("b-1", "b-2");
        assertThat(again.certified())
                .as("the inventories name the damaged pack")
                .containsExactly("b-3");

        assertThat(verification.repair().left()).isEmpty();
        assertThat(check()).isEqualTo(NamespaceCheck.State.RESTORABLE);
        VerificationOutcome afterRepair = verification.verifyAll();
        assertThat(afterRepair.recovered()).isEmpty();
        assertThat(afterRepair.certified()).contains("b-1", "b-2");
        site.collect();
        site.time.advance(Duration.ofHours(25));
        site.collect();
        assertThat(site.objects.head(pack)).isEmpty();
        assertThat(verification.marks()).isEmpty();
        assertThat(verification.verifyAll().report().remarks()).isEmpty();
        site.assertHolds("b-1", 1, 2);
        site.assertHolds("b-2", 1, 2, 3);
    }

    /** A pack with one damaged chunk costs those that need this chunk. */
    @Test
    void verify_chunkOfOneBackupDamaged_blamesItAlone() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 2);
        int first = 60; // in the chunk of file 1, which is stored first
        verification.flip(verification.packOf("b-1"), first);

        VerificationOutcome found = verification.verifyAll();

        assertThat(found.report().backups())
                .extracting(BackupVerification::isGood)
                .containsExactly(false, true);
        assertThat(marked()).containsExactly("b-1");
        assertThat(verification
                        .verify(VerificationLevel.EXISTENCE, PackChoice.ALL)
                        .report()
                        .backups())
                .extracting(BackupVerification::isGood)
                .containsExactly(false, true);
    }

    /** A chunk that nobody needs today may be what a writer would refer to tomorrow. */
    @Test
    void verify_chunkDamagedThatNoBackupNeeds_marksThePack() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 2);
        site.expire("b-1");
        verification.flip(verification.packOf("b-2"), 60);

        VerificationOutcome found = verification.verifyAll();

        assertThat(found.report().isGood()).isTrue();
        assertThat(found.marked()).hasSize(1);
        assertThat(marked()).isEmpty();
        site.backup("b-3", 1);
        site.assertHolds("b-3", 1);
    }

    /** The good chunks of a damaged pack that no store has any more. */
    @Test
    void repair_packPartlyDamaged_salvagesWhatOlderBackupsNeed() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 2);
        site.backup("b-3", 3);
        ObjectKey pack = verification.packOf("b-1");
        verification.flip(pack, 60);
        verification.verifyAll();

        RepairReport report = verification.repair();

        assertThat(report.repaired()).anyMatch(sentence -> sentence.startsWith("1 chunks that are right"));
        assertThat(report.left()).anyMatch(sentence -> sentence.contains("b-1"));
        assertThat(verification.packsOf("b-2")).doesNotContain(pack);
        site.assertHolds("b-2", 2);
        VerificationOutcome after = verification.verifyAll();
        assertThat(after.certified()).containsExactly("b-2");
        assertThat(marked()).containsExactly("b-1");
    }

    /** Under the present data key they would get other ids, by which no backup knows them. */
    @Test
    void repair_packOfAnEarlierDataKeyPartlyDamaged_salvagesNothing() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 2);
        ObjectKey pack = verification.packOf("b-1");
        site.rotateKey();
        verification.flip(pack, 60);
        verification.verifyAll();
        long packs = site.count("packs/");

        RepairReport report = verification.repair();

        assertThat(report.repaired()).noneMatch(sentence -> sentence.contains("chunks that are right"));
        assertThat(site.count("packs/")).isEqualTo(packs);
    }

    @Test
    void verify_moreDamageInAMarkedPack_marksItAsAWhole() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 2);
        ObjectKey pack = verification.packOf("b-1");
        verification.flip(pack, 60);
        verification.verifyAll();
        assertThat(marked()).containsExactly("b-1");
        verification.flip(pack, 60 + 5_100);

        VerificationOutcome found = verification.verifyAll();

        assertThat(found.report().backups())
                .extracting(BackupVerification::isGood)
                .containsExactly(false, false);
        assertThat(marked()).containsExactly("b-1", "b-2");
        assertThat(site.count("damage/")).isEqualTo(2);
        assertThat(verification.marks()).hasSize(1);
        assertThat(verification.verifyAll().marked()).as("nothing new").isEmpty();
    }

    @Test
    void verify_damageOnTheWayAlone_marksNothing() {
        site.backup("b-1", 1);
        ObjectKey pack = verification.packOf("b-1");
        byte[] original = site.objects.read(pack);
        verification.flip(pack, 60);
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.READ && key.equals(pack.value()) && isDone) {
                site.objects.damage(pack, content -> original.clone());
            }
        });

        VerificationOutcome outcome = verification.verifyAll();

        assertThat(outcome.report().isGood()).isTrue();
        assertThat(outcome.certified()).containsExactly("b-1");
        assertThat(verification.marks()).isEmpty();
    }

    /** E7. */
    @Test
    void verify_packMissingAtLevelOne_isMarkedUntilItIsNeededNoMore() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        ObjectKey pack = verification.packOf("b-1");
        site.objects.delete(pack);

        VerificationOutcome found = verification.verify(VerificationLevel.EXISTENCE, PackChoice.ALL);
        assertThat(found.marked()).containsExactly(pack.value());
        assertThat(marked()).containsExactly("b-1");
        verification.repair();
        assertThat(marked()).as("still missed").containsExactly("b-1");

        site.backup("b-3", 1);
        assertThat(marked()).isEmpty();
        assertThat(verification.repair().repaired()).anyMatch(sentence -> sentence.contains("lost packs"));
        assertThat(verification.marks()).isEmpty();
        assertThat(verification.verifyAll().certified()).containsExactly("b-1", "b-2", "b-3");
    }

    @Test
    void verify_packOfAnotherSize_isMarked() {
        site.backup("b-1", 1);
        ObjectKey pack = verification.packOf("b-1");
        site.objects.damage(pack, content -> Arrays.copyOf(content, content.length - 1));

        assertThat(verification
                        .verify(VerificationLevel.EXISTENCE, PackChoice.ALL)
                        .marked())
                .containsExactly(pack.value());
        assertThat(marked()).containsExactly("b-1");
    }

    @Test
    void repair_packWasPutRight_takesTheMarkAway() {
        site.backup("b-1", 1);
        ObjectKey pack = verification.packOf("b-1");
        byte[] original = site.objects.read(pack);
        verification.flip(pack, 60);
        verification.verifyAll();
        verification.repair();
        assertThat(verification.marks()).as("not right yet").hasSize(1);
        site.objects.damage(pack, content -> original.clone());
        site.time.advance(Duration.ofSeconds(1));

        VerificationOutcome outcome = verification.verifyAll();
        assertThat(outcome.report().isGood()).isTrue();
        assertThat(outcome.notes()).anyMatch(note -> note.contains("takes the mark away"));
        assertThat(outcome.certified()).as("as long as it is marked").isEmpty();

        assertThat(verification.repair().repaired()).anyMatch(sentence -> sentence.contains("the mark is gone"));
        assertThat(verification.marks()).isEmpty();
        assertThat(verification.verifyAll().certified()).containsExactly("b-1");
    }

    /** G3: the backup goes while it is verified. */
    @Test
    void verify_backupRemovedMeanwhile_isNotDamaged() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        ObjectKey pack = verification.packOf("b-1");
        boolean[] isExpired = new boolean[1];
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.READ && key.contains("/packs/") && !isDone && !isExpired[0]) {
                isExpired[0] = true;
                site.expire("b-1");
                site.objects.delete(pack);
            }
        });

        VerificationOutcome outcome = verification.verifyAll();

        assertThat(isExpired[0]).isTrue();
        assertThat(outcome.report().backups())
                .extracting(BackupVerification::backupId, BackupVerification::isGood)
                .containsExactly(tuple("b-2", true));
        assertThat(verification.marks()).isEmpty();
    }

    /** A mark that nobody can read is a mark all the same. */
    @Test
    void markedBackups_markDamaged_countsForTheWholePack() {
        site.backup("b-1", 1);
        ObjectKey pack = verification.packOf("b-1");
        site.objects.create(
                site.archive.key("damage/" + ObjectId.parse(pack.name())), ByteBuffer.wrap(new byte[] {1, 2, 3}));

        assertThat(marked()).containsExactly("b-1");
        assertThat(verification.verify(new PackChoice.Budget(1)).report().isGood())
                .isFalse();
    }

    private Set<String> marked() {
        return new MarkedBackups(site.reopened())
                .find(List.copyOf(site.archive.manifests().backupIds()))
                .keySet();
    }

    private NamespaceCheck.State check() {
        Archive archive = Archive.open(site.objects, SampleArchive.key(), SampleArchive.seams(55));
        return new ArchiveChecker(archive.toPublic(), CheckLevel.EXISTENCE, SampleArchive.NOW)
                .check("orders", Duration.ZERO, 100)
                .state();
    }
}
