package dev.tidemark.coordinator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.operation.ParallelWork;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ArchiveVerifierTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(store, "orders");
    private final Map<String, byte[]> first = Map.of(
            "a",
            SampleArchive.randomBytes(1, 3000),
            "b",
            SampleArchive.randomBytes(2, 2_000_000),
            "empty",
            new byte[0]);
    private final Map<String, byte[]> second =
            Map.of("a", SampleArchive.randomBytes(1, 3000), "c", SampleArchive.randomBytes(3, 5000));
    private long progressDone;
    private long progressTotal;

    @Test
    void verify_goodBackups_areGoodOnBothLevels() {
        backups();

        VerificationReport existence = verify(VerificationLevel.EXISTENCE, "b-1", "b-2");
        VerificationReport content = verify(VerificationLevel.CONTENT, "b-1", "b-2");

        assertThat(existence.isGood()).isTrue();
        assertThat(existence.packs()).isZero();
        assertThat(content.isGood()).isTrue();
        assertThat(content.problems()).isEmpty();
        assertThat(content.packs()).isEqualTo(2);
        assertThat(content.readBytes())
                .isEqualTo(progressDone)
                .isEqualTo(progressTotal)
                .isEqualTo(packs().stream().mapToLong(ObjectInfo::sizeBytes).sum());
        assertThat(content.backups().get(0)).isEqualTo(new BackupVerification("b-1", 3, 2_003_000, 0, List.of()));
    }

    @Test
    void verify_packMissing_namesTheFilesThatSuffer() {
        backups();
        // The pack of the second backup holds only file 'c'.
        ObjectKey pack = smallestPack();
        store.delete(pack);

        VerificationReport report = verify(VerificationLevel.EXISTENCE, "b-1", "b-2");

        assertThat(report.backups().get(0).isGood()).isTrue();
        assertThat(report.backups().get(1).damages()).extracting(Damage::object).containsExactly("main/n1: c");
        assertThat(report.problems()).extracting(Damage::object).containsExactly(pack.value());
    }

    @Test
    void verify_byteOfAChunkChanged_isFoundByLevelTwoAlone() {
        backups();
        ObjectKey pack = smallestPack();
        change(pack, 200);

        assertThat(verify(VerificationLevel.EXISTENCE, "b-1", "b-2").isGood()).isTrue();
        VerificationReport report = verify(VerificationLevel.CONTENT, "b-1", "b-2");
        assertThat(report.backups().get(0).isGood()).isTrue();
        assertThat(report.backups().get(1).damages()).extracting(Damage::object).containsExactly("main/n1: c");
        assertThat(report.backups().get(1).damageCount()).isEqualTo(1);
    }

    @Test
    void verify_tableOfAPackChanged_blamesThePackAndNoFile() {
        backups();
        ObjectKey pack = smallestPack();
        change(pack, store.read(pack).length - 20);

        VerificationReport report = verify(VerificationLevel.CONTENT, "b-1", "b-2");

        assertThat(report.backups().get(0).isGood()).isTrue();
        assertThat(report.backups().get(1).damages()).extracting(Damage::object).containsExactly(pack.value());
    }

    @Test
    void verify_byManyWorkers_findsWhatOneFinds() {
        for (int i = 0; i < 12; i++) {
            SampleArchive.backup(
                    archive, "b-" + (i + 10), Map.of("own-" + i, SampleArchive.randomBytes(100 + i, 3000)));
        }
        String[] ids = archive.manifests().backupIds().toArray(String[]::new);
        packs().stream().limit(5).forEach(pack -> change(pack.key(), 200));
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            VerificationReport report = verify(VerificationLevel.CONTENT, new ParallelWork(threads, 9), ids);

            assertThat(report).isEqualTo(verify(VerificationLevel.CONTENT, ids));
            assertThat(report.backups().stream().filter(backup -> !backup.isGood()))
                    .hasSize(5);
            assertThat(report.packs()).isEqualTo(12);
            assertThat(progressDone).isEqualTo(progressTotal);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void verify_fileListChangedOrMissing_isReported() {
        backups();
        ObjectKey list = archive.layout()
                .fileList(archive.manifests()
                        .read("b-2")
                        .stores()
                        .get(0)
                        .nodes()
                        .get(0)
                        .fileList()
                        .parts()
                        .get(0)
                        .object());
        change(list, 50);
        assertThat(verify(VerificationLevel.EXISTENCE, "b-1", "b-2").backups())
                .extracting(BackupVerification::isGood)
                .containsExactly(true, false);

        store.delete(list);
        assertThat(verify(VerificationLevel.CONTENT, "b-1", "b-2").backups())
                .extracting(BackupVerification::isGood)
                .containsExactly(true, false);
    }

    @Test
    void verify_manifestEditedOrMissing_isReported() {
        backups();
        change(archive.layout().manifest("b-1"), 300);

        VerificationReport report = verify(VerificationLevel.EXISTENCE, "b-1", "b-2", "b-3");

        assertThat(report.backups()).extracting(BackupVerification::isGood).containsExactly(false, true, false);
    }

    @Test
    void verify_oldManifestPutBack_isReported() {
        Manifest old = SampleArchive.backup(archive, "b-1", first);
        ObjectKey key = archive.layout().manifest("b-1");
        byte[] content = store.read(key);
        store.delete(key);
        SampleArchive.backup(archive, "b-2", second);
        store.create(key, ByteBuffer.wrap(content));

        assertThat(old.sequence()).isEqualTo(1);
        assertThat(verify(VerificationLevel.EXISTENCE, "b-1", "b-2").isGood()).isFalse();
    }

    @Test
    void verify_indexDamaged_isReportedAndNoBackupSuffers() {
        backups();
        ObjectKey damaged = store.list(archive.layout().indexes(), "", 1).get(0).key();
        change(damaged, 60);

        VerificationReport report = verify(VerificationLevel.CONTENT, "b-1", "b-2");

        assertThat(report.isGood()).isFalse();
        assertThat(report.problems())
                .extracting(Damage::object)
                .containsExactly(damaged.value(), archive.layout().indexes());
        assertThat(report.backups()).allMatch(BackupVerification::isGood);
        archive.loadAndCompleteIndex();
        assertThat(verify(VerificationLevel.EXISTENCE, "b-1", "b-2").problems())
                .extracting(Damage::object)
                .containsExactly(damaged.value());
        store.delete(damaged);
        assertThat(verify(VerificationLevel.CONTENT, "b-1", "b-2").isGood()).isTrue();
    }

    @Test
    void verify_indexLost_isReportedUntilItIsCompleted() {
        backups();
        store.list(archive.layout().indexes(), "", 10).forEach(info -> store.delete(info.key()));

        VerificationReport report = verify(VerificationLevel.CONTENT, "b-1", "b-2");

        assertThat(report.isGood()).isFalse();
        assertThat(report.problems())
                .extracting(Damage::object)
                .containsExactly(archive.layout().indexes());
        assertThat(report.backups()).allMatch(BackupVerification::isGood);
        archive.loadAndCompleteIndex();
        assertThat(verify(VerificationLevel.CONTENT, "b-1", "b-2").isGood()).isTrue();
    }

    @Test
    void verify_packMissingWhoseChunksAreStoredAgain_isARemark() {
        backups();
        ObjectKey pack = smallestPack();
        store.delete(pack);
        SampleArchive.backup(SampleArchive.open(store, "orders"), "b-3", second);

        VerificationReport report = verify(VerificationLevel.CONTENT, "b-1", "b-2", "b-3");

        assertThat(report.isGood()).isTrue();
        assertThat(report.remarks())
                .extracting(Damage::object)
                .containsExactly(archive.inventories().key("b-2", 1).value(), pack.value());
    }

    @Test
    void verify_anyByteOfAnyNeededObjectChanged_isFound() {
        SampleArchive.backup(archive, "b-1", Map.of("a", SampleArchive.randomBytes(1, 40), "b", new byte[500]));
        Random random = new Random(17);
        for (ObjectInfo info : store.list(archive.layout().prefix(), "", 100)) {
            byte[] original = store.read(info.key());
            if (info.key().equals(archive.layout().dataKey(1))) {
                continue;
            }
            for (int i = 0; i < original.length; i += 1 + random.nextInt(5)) {
                if (info.key().value().startsWith(archive.layout().indexes()) && i == 4) {
                    continue; // A later version of an index object is an error of its own.
                }
                change(info.key(), i);
                assertThat(verify(VerificationLevel.CONTENT, "b-1").isGood())
                        .as("%s byte %d", info.key(), i)
                        .isFalse();
                store.damage(info.key(), content -> original.clone());
            }
        }
        assertThat(verify(VerificationLevel.CONTENT, "b-1").isGood()).isTrue();
    }

    private void backups() {
        SampleArchive.backup(archive, "b-1", first);
        SampleArchive.backup(archive, "b-2", second);
    }

    private VerificationReport verify(VerificationLevel level, String... backupIds) {
        return verify(level, new ParallelWork(Runnable::run, 1), backupIds);
    }

    private VerificationReport verify(VerificationLevel level, ParallelWork work, String... backupIds) {
        NamespaceArchive opened = SampleArchive.open(store, "orders");
        ArchiveVerifier verifier = new ArchiveVerifier(opened, level, work, (done, total) -> {
            progressDone = done;
            progressTotal = total;
        });
        return verifier.verify(Arrays.asList(backupIds));
    }

    private List<ObjectInfo> packs() {
        return store.list(archive.layout().packs(), "", 100);
    }

    private ObjectKey smallestPack() {
        return packs().stream()
                .min((one, other) -> Long.compare(one.sizeBytes(), other.sizeBytes()))
                .orElseThrow()
                .key();
    }

    private void change(ObjectKey key, int at) {
        store.damage(key, content -> {
            content[at] ^= 64;
            return content;
        });
    }
}
