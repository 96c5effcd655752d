package dev.tidemark.coordinator.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.verified.VerifiedPack;
import dev.tidemark.coordinator.garbage.GarbageSite;
import dev.tidemark.coordinator.verify.Coverage.Amount;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What verification remembers, and what it reads because of it. */
class VerificationMemoryTest {
    private final VerificationSite verification = new VerificationSite();
    private final GarbageSite site = verification.site;

    @Test
    void coverage_asTimePasses_goesFromNeverToFreshToOverdue() {
        site.backup("b-1", 1);
        site.backup("b-2", 1, 2);
        long bytes = verification.packsOf("b-2").stream()
                .mapToLong(verification::bytes)
                .sum();
        Amount all = new Amount(2, bytes);

        assertThat(verification.coverage().never()).isEqualTo(all);
        assertThat(verification.coverage().freshTenthsOfPercent()).isZero();

        verification.verifyAll();
        Coverage fresh = verification.coverage();
        assertThat(fresh.fresh()).isEqualTo(fresh.all()).isEqualTo(all);
        assertThat(fresh.freshTenthsOfPercent()).isEqualTo(1000);
        assertThat(fresh.certified()).isEqualTo(2);
        assertThat(fresh.oldest()).isBeforeOrEqualTo(site.time.instant());

        site.time.advance(VerificationSite.WITHIN.plusSeconds(1));
        assertThat(verification.coverage().overdue()).isEqualTo(all);

        site.backup("b-3", 3);
        assertThat(verification.coverage().never().packs()).isEqualTo(1);
        assertThat(site.count("verified/")).isEqualTo(1);
    }

    @Test
    void coverage_always_readsNoPackAndWritesNothing() {
        site.backup("b-1", 1);
        verification.verifyAll();
        List<String> seen = new ArrayList<>();
        site.objects.observe((operation, key, isDone) -> {
            boolean isChange = operation == Operation.CREATE || operation == Operation.DELETE;
            if (isChange || (operation == Operation.READ && key.contains("/packs/"))) {
                seen.add(operation + " " + key);
            }
        });

        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
        assertThat(seen).isEmpty();
    }

    @Test
    void coverage_inventoryDamaged_namesTheBackup() {
        site.backup("b-1", 1);
        verification.flip(site.archive.inventories().key("b-1", 1), 250);

        assertThat(verification.coverage().unknown()).containsExactly("b-1");
    }

    @Test
    void verify_withABudget_readsWhatWasNeverReadThenWhatWasReadLongestAgo() {
        IntStream.range(0, 4).forEach(i -> site.backup("b-" + i, i));
        long two =
                verification.bytes(verification.packOf("b-3")) + verification.bytes(verification.packOf("b-2")) + 100;

        VerificationOutcome first = verification.verify(new PackChoice.Budget(two));
        List<String> readFirst = List.copyOf(verification.read);
        site.time.advance(Duration.ofHours(1));
        verification.verify(new PackChoice.Budget(two));
        List<String> readSecond = List.copyOf(verification.read);
        site.time.advance(Duration.ofHours(1));
        verification.verify(new PackChoice.Budget(two));

        assertThat(readFirst)
                .as("the newest good backup's first")
                .hasSize(2)
                .startsWith(verification.packOf("b-3").value());
        assertThat(readSecond).hasSize(2).doesNotContainAnyElementsOf(readFirst);
        assertThat(verification.read).containsExactlyInAnyOrderElementsOf(readFirst);
        assertThat(first.isWhole()).isFalse();
        assertThat(first.neededPacks()).isEqualTo(4);
        assertThat(first.report().readBytes()).isLessThanOrEqualTo(two);
        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
    }

    @Test
    void verify_packsOfOneAge_readsFirstWhatMostBackupsNeed() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        site.backup("b-3", 2, 3);
        site.backup("b-4", 2, 4);
        site.backup("b-5", 5);

        verification.verify(new PackChoice.Budget(Long.MAX_VALUE));

        assertThat(verification.read)
                .hasSize(5)
                .startsWith(
                        verification.packOf("b-5").value(),
                        verification.packOf("b-2").value());
    }

    @Test
    void verify_withTheBudgetOfTheDay_readsNothingTwiceOnADayAndEverythingInTime() {
        IntStream.range(0, 6).forEach(i -> site.backup("b-" + i, i));
        Duration within = Duration.ofDays(3);
        PackChoice daily = new PackChoice.Daily(0, within);
        Set<String> all = new HashSet<>();
        List<Integer> readByDay = new ArrayList<>();

        for (int day = 0; day < 3; day++) {
            verification.verify(daily);
            readByDay.add(verification.read.size());
            all.addAll(verification.read);
            site.time.advance(Duration.ofHours(2));
            VerificationOutcome again = verification.verify(daily);
            assertThat(verification.read).as("second run of day %d", day).isEmpty();
            assertThat(again.notes()).anyMatch(note -> note.contains("are left"));
            site.time.advance(Duration.ofHours(22));
        }

        assertThat(all).hasSize(6);
        assertThat(readByDay.get(0)).isLessThan(6);
        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
    }

    @Test
    void verify_budgetBelowAPack_saysThatNothingWasRead() {
        site.backup("b-1", 1);

        VerificationOutcome outcome = verification.verify(new PackChoice.Budget(100));

        assertThat(outcome.report().packs()).isZero();
        assertThat(outcome.notes()).anyMatch(note -> note.startsWith("nothing was read"));
        assertThat(outcome.certified()).isEmpty();
    }

    @Test
    void verify_sample_readsAsManyPacksByChance() {
        IntStream.range(0, 10).forEach(i -> site.backup("b-" + i, i));
        Set<List<String>> samples = new HashSet<>();

        for (int i = 0; i < 5; i++) {
            assertThat(verification.verify(new PackChoice.Share(25)).report().packs())
                    .isEqualTo(3);
            samples.add(verification.read.stream().sorted().toList());
        }
        assertThat(verification.verify(new PackChoice.Count(4)).report().packs())
                .isEqualTo(4);
        assertThat(verification.verify(new PackChoice.Count(99)).report().packs())
                .isEqualTo(10);
        assertThat(samples).hasSizeGreaterThan(1);
    }

    /** A kill loses what was read since the last document at most, an error of the store nothing. */
    @Test
    void verify_failsInTheMiddle_remembersWhatWasReadBefore() {
        IntStream.range(0, 3).forEach(i -> site.backup("b-" + i, i));
        int[] reads = new int[1];
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.READ && key.contains("/packs/") && !isDone && ++reads[0] == 3) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "gone", "");
            }
        });

        assertThatThrownBy(verification::verifyAll).hasMessage("gone");

        assertThat(verification.coverage().fresh().packs()).isEqualTo(2);
        assertThat(verification.coverage().never().packs()).isEqualTo(1);
    }

    @Test
    void verify_manyDocuments_areMergedAndForgetWhatIsNotThere() {
        site.backup("b-1", 1);
        VerifiedPack gone = new VerifiedPack(new ObjectId(7, 7), 100, site.time.instant(), 2, true);
        for (int i = 0; i < VerificationRecorder.MAX_DOCUMENTS; i++) {
            site.archive.verificationRecords().write(List.of(gone));
        }

        verification.verifyAll();

        assertThat(site.count("verified/")).isEqualTo(1);
        ObjectKey merged = site.archive.listKeys("verified/", 10).get(0);
        assertThat(site.archive.verificationRecords().read(merged))
                .extracting(pack -> site.archive.layout().pack(pack.pack()))
                .containsExactly(verification.packOf("b-1"));
    }

    /** Credentials that can't delete. */
    @Test
    void verify_documentsCanNotBeDeleted_isRecordedAndSaysWhatStays() {
        site.backup("b-1", 1);
        IntStream.rangeClosed(0, VerificationRecorder.MAX_DOCUMENTS)
                .forEach(i -> site.archive.verificationRecords().write(List.of()));
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.DELETE) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "denied", "");
            }
        });

        VerificationOutcome outcome = verification.verifyAll();

        assertThat(outcome.unrecorded()).isEmpty();
        assertThat(outcome.certified()).containsExactly("b-1");
        assertThat(outcome.notes()).anyMatch(note -> note.endsWith("stay: denied"));
        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
    }

    /** G3: two verifications merge at the same time, each the documents of the other too. */
    @Test
    void verify_twoMergeAtOnce_losesNothing() {
        IntStream.range(0, VerificationRecorder.MAX_DOCUMENTS + 1).forEach(i -> {
            site.backup("b-" + i, i);
            verification.verify(new PackChoice.Budget(6_000));
            site.time.advance(Duration.ofHours(1));
        });
        site.backup("b-new", 99);
        int[] merges = new int[1];
        site.objects.observe((operation, key, isDone) -> {
            boolean isMerging = operation == Operation.DELETE && key.contains("/verified/") && !isDone;
            if (isMerging && ++merges[0] == 2) {
                verification.verify(new PackChoice.Budget(6_000));
            }
        });
        IntStream.range(0, VerificationRecorder.MAX_DOCUMENTS).forEach(i -> {
            site.archive.verificationRecords().write(List.of());
        });

        verification.verify(new PackChoice.Budget(6_000));

        assertThat(merges[0]).isGreaterThan(2);
        assertThat(site.count("verified/")).isLessThanOrEqualTo(3);
        assertThat(verification.coverage().never().packs()).isZero();
        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
    }

    @Test
    void verify_documentVanishesWhileItIsRead_findsWhatTookItsPlace() {
        site.backup("b-1", 1);
        verification.verifyAll();
        ObjectKey document = site.archive.listKeys("verified/", 1).get(0);
        List<VerifiedPack> content = site.archive.verificationRecords().read(document);
        boolean[] isMerged = new boolean[1];
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.READ && key.equals(document.value()) && !isDone && !isMerged[0]) {
                isMerged[0] = true;
                site.archive.verificationRecords().write(content);
                site.objects.delete(document);
            }
        });

        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
        assertThat(isMerged[0]).isTrue();
    }

    @Test
    void verify_documentDamaged_saysSoAndReadsAgain() {
        site.backup("b-1", 1);
        verification.verifyAll();
        verification.flip(site.archive.listKeys("verified/", 1).get(0), 40);
        assertThat(verification.coverage().never().packs()).isEqualTo(1);

        VerificationOutcome outcome = verification.verify(new PackChoice.Budget(100_000));

        assertThat(outcome.notes()).anyMatch(note -> note.contains("remembered is lost"));
        assertThat(outcome.report().isGood()).isTrue();
        assertThat(verification.read).hasSize(1);
        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
    }

    /** D10: a clock that was far ahead must not keep a pack from being read for years. */
    @Test
    void verify_documentFromTheFuture_doesNotCount() {
        site.backup("b-1", 1);
        ObjectKey pack = verification.packOf("b-1");
        site.archive
                .verificationRecords()
                .write(List.of(new VerifiedPack(
                        ObjectId.parse(pack.name()),
                        (int) verification.bytes(pack),
                        site.time.instant().plus(Duration.ofDays(400)),
                        2,
                        true)));

        assertThat(verification.coverage().never().packs()).isEqualTo(1);
        verification.verify(new PackChoice.Budget(100_000));
        assertThat(verification.read).hasSize(1);
    }

    @Test
    void verify_withTheKeyOfAReader_writesNothingAndSaysSo() {
        site.backup("b-1", 1);
        ArchiveKey reader = ArchiveKey.keyFile(new byte[40]);
        Archive writer = Archive.open(site.objects, SampleArchive.key(), SampleArchive.seams(77));
        writer.keys().add(writer.keys().prepare(reader, "restore host", Role.READER));
        int before = site.list().size();

        VerificationOutcome outcome = verification.verify(
                Archive.open(site.objects, reader, SampleArchive.seams(78)).namespace("orders"),
                VerificationLevel.CONTENT,
                PackChoice.ALL);

        assertThat(outcome.report().isGood()).isTrue();
        assertThat(outcome.report().packs()).isEqualTo(1);
        assertThat(outcome.unrecorded()).contains("a reader's");
        assertThat(site.list()).hasSize(before);
    }

    @Test
    void verify_archiveCanNotBeChanged_tellsWhatItFoundAndThatItIsNotRecorded() {
        site.backup("b-1", 1);
        verification.flip(verification.packOf("b-1"), 50);
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE || operation == Operation.DELETE) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_READ_ONLY, "as of an earlier time", "");
            }
        });

        VerificationOutcome outcome = verification.verifyAll();

        assertThat(outcome.report().isGood()).isFalse();
        assertThat(outcome.unrecorded()).isEqualTo("as of an earlier time");
        assertThat(outcome.marked()).isEmpty();
        assertThat(verification.marks()).isEmpty();
    }

    /** G3: garbage collection does not take what is remembered for garbage. */
    @Test
    void collect_afterAVerification_keepsWhatItRemembers() {
        site.backup("b-1", 1);
        verification.verifyAll();
        site.collect();
        site.time.advance(Duration.ofHours(25));
        site.collect();

        assertThat(verification.coverage().freshTenthsOfPercent()).isEqualTo(1000);
        assertThat(verification.coverage().certified()).isEqualTo(1);
    }
}
