package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.marks.GarbageList;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.BackupVerification;
import dev.tidemark.coordinator.verify.Damage;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.node.RestoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One damaged object costs what it holds and nothing else. */
class DamagedArchiveTest {
    @Test
    void restore_latestWhenTheNewestManifestIsDamaged_isRefusedAndByNameTheOlderOneIsRestored() {
        try (World world = new World(50, 3)) {
            world.set("a", "1");
            BackupReport older = world.backup();
            world.set("a", "2");
            BackupReport newest = world.backup();
            flip(world, manifest(newest.backupId()), 300);
            world.loseEverything();

            assertThatThrownBy(() -> world.restore("latest"))
                    .isInstanceOf(TidemarkException.class)
                    .hasMessageContaining(newest.backupId())
                    .satisfies(e -> assertThat(((TidemarkException) e).code()).isEqualTo(ErrorCode.MANIFEST_INVALID))
                    .satisfies(e -> assertThat(((TidemarkException) e).hint()).contains(older.backupId()));
            assertFails(ErrorCode.MANIFEST_INVALID, () -> world.restore(newest.backupId()));
            assertThat(world.oracleClient().namespaces())
                    .as("nothing was begun")
                    .isEmpty();
            assertThat(world.store.targetNodes()).allMatch(node -> node.isEmptyFor(new RestoreId("nobody", 1)));
            RestorePlan plan = plan(world, older.backupId());
            assertThat(plan.notes()).hasSize(1).allMatch(note -> note.contains(newest.backupId()));

            world.restore(older.backupId());

            world.startClient();
            assertThat(world.read()).isEqualTo(world.expectedAt(older.backupTimestamp()));
            assertThat(world.oracle().freshTimestamp()).isGreaterThan(older.fastForwardTimestamp());
        }
    }

    @Test
    void restore_latestWhenAnOlderManifestIsDamaged_restoresTheLatest() {
        try (World world = new World(51, 1)) {
            world.set("a", "1");
            BackupReport older = world.backup();
            BackupReport newest = world.backup();
            flip(world, manifest(older.backupId()), 300);
            world.loseEverything();

            assertThat(plan(world, "latest").backupId()).isEqualTo(newest.backupId());
            assertThat(plan(world, "latest").notes()).hasSize(1);
            assertThat(world.restore("latest").backupId()).isEqualTo(newest.backupId());
        }
    }

    @Test
    void backup_newestManifestIsDamaged_takesAnOlderParentAndSaysSo() {
        try (World world = new World(52, 1)) {
            world.set("a", "1");
            BackupReport first = world.backup();
            BackupReport damaged = world.backup();
            flip(world, manifest(damaged.backupId()), 300);
            List<String> notes = new ArrayList<>();

            BackupReport later = backup(world, notes);

            assertThat(later.readBytes()).as("known from the older parent").isZero();
            assertThat(notes).anyMatch(note -> note.contains(damaged.backupId()));
            BackupList list =
                    world.coordinator().coordinator.catalog(World.NAMESPACE).list();
            assertThat(list.backups())
                    .extracting(BackupSummary::backupId)
                    .containsExactly(later.backupId(), first.backupId());
            assertThat(list.backups().get(0).parentBackupId()).isEqualTo(first.backupId());
            assertThat(list.backups().get(0).sequence())
                    .as("2 is left to the damaged one")
                    .isEqualTo(3);
            assertThat(list.damaged()).extracting(DamagedManifest::backupId).containsExactly(damaged.backupId());
        }
    }

    @Test
    void backup_everyManifestIsDamaged_succeedsWithoutAParent() {
        try (World world = new World(53, 1)) {
            world.set("a", "1");
            BackupReport damaged = world.backup();
            flip(world, manifest(damaged.backupId()), 300);

            BackupReport later = backup(world, new ArrayList<>());

            assertThat(later.readBytes()).isEqualTo(later.rawBytes());
            assertThat(later.newRawBytes())
                    .as("the chunks are known all the same")
                    .isZero();
            world.loseEverything();
            assertThat(world.restore(later.backupId()).backupId()).isEqualTo(later.backupId());
        }
    }

    @Test
    void backup_parentsFileListIsDamaged_readsAgainAndSaysSo() {
        try (World world = new World(54, 1)) {
            world.set("a", "1");
            world.backup();
            objects(world, "lists/").forEach(key -> flip(world, key, 40));
            List<String> notes = new ArrayList<>();

            BackupReport later = backup(world, notes);

            assertThat(notes).anyMatch(note -> note.contains("read again"));
            assertThat(later.readBytes()).isEqualTo(later.rawBytes()).isPositive();
            world.loseEverything();
            assertThat(world.restore("latest").backupId()).isEqualTo(later.backupId());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void indexObjectDamagedOrLost_restoreAndNextBackupDoWithoutIt(boolean isLost) {
        try (World world = new World(56, 1)) {
            world.set("a", "1");
            BackupReport first = world.backup();
            for (ObjectKey key : objects(world, "index/")) {
                if (isLost) {
                    world.objects.delete(key);
                } else {
                    flip(world, key, 60);
                }
            }
            assertThat(verify(world, first.backupId()).isGood()).isFalse();
            world.loseEverything();
            world.restore("latest");
            world.startClient();
            assertThat(world.read()).isEqualTo(world.expectedAt(first.backupTimestamp()));
            List<String> notes = new ArrayList<>();

            BackupReport second = backup(world, notes);

            assertThat(second.newRawBytes()).isLessThan(first.newRawBytes());
            assertThat(notes).anyMatch(note -> note.contains("index"));
            VerificationReport report = verify(world, first.backupId(), second.backupId());
            assertThat(report.backups()).allMatch(BackupVerification::isGood);
            assertThat(report.isGood())
                    .as("a damaged object stays until it is deleted")
                    .isEqualTo(isLost);
            world.loseEverything();
            assertThat(world.restore("latest").backupId()).isEqualTo(second.backupId());
        }
    }

    /** What is condemned must not be referred to, so that it must be known; a restore needs none of it. */
    @Test
    void backup_garbageListIsDamaged_isRefusedUntilARepairGivesItUp() {
        try (World world = new World(57, 1)) {
            world.set("a", "1");
            String first = world.backup().backupId();
            NamespaceArchive archive = world.archive.namespace(World.NAMESPACE);
            archive.garbageLists().create(new GarbageList(1, "gc-1", world.time.instant(), List.of("lists/none")));
            flip(world, archive.garbageLists().key(1), 40);
            Map<String, String> expected = world.read();

            assertThatThrownBy(world::backup).isInstanceOfSatisfying(TidemarkException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_DAMAGED);
                assertThat(e.getMessage()).contains("condemned", "garbage/00000001");
                assertThat(e.hint()).contains("tidemark repair " + World.NAMESPACE);
            });

            assertThat(world.readElsewhere(world.archive, first)).isEqualTo(expected);
            try (World.CoordinatorProcess process = world.coordinator()) {
                process.coordinator.upkeep().repair(World.NAMESPACE, OperationListener.NONE);
            }
            assertThat(verify(world, world.backup().backupId()).isGood()).isTrue();
        }
    }

    /** A copy that nobody can believe is made again, from the manifest. */
    @Test
    void repair_copyOfAManifestIsDamaged_isMadeAgain() {
        try (World world = new World(58, 1)) {
            world.set("a", "1");
            String backup = world.backup().backupId();
            NamespaceArchive archive = world.archive.namespace(World.NAMESPACE);
            flip(world, archive.layout().manifestCopy(backup), 300);
            assertThat(verify(world, backup).problems())
                    .extracting(Damage::object)
                    .containsExactly(archive.layout().manifestCopy(backup).value());

            try (World.CoordinatorProcess process = world.coordinator()) {
                process.coordinator.upkeep().repair(World.NAMESPACE, OperationListener.NONE);
            }

            assertThat(archive.manifests().isCopyGood(backup)).isTrue();
            assertThat(verify(world, backup).isGood()).isTrue();
        }
    }

    private static VerificationReport verify(World world, String... backupIds) {
        return new ArchiveVerifier(
                        world.archive.namespace(World.NAMESPACE), VerificationLevel.CONTENT, (done, total) -> {})
                .verify(List.of(backupIds));
    }

    private static BackupReport backup(World world, List<String> notes) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.backup(BackupRequest.of(World.NAMESPACE), new OperationListener() {
                @Override
                public void note(String operationId, String message) {
                    notes.add(message);
                }
            });
        }
    }

    private static RestorePlan plan(World world, String backupId) {
        return world.coordinator().coordinator.planRestore(new RestoreRequest(World.NAMESPACE, backupId));
    }

    private static ObjectKey manifest(String backupId) {
        return new ObjectKey("ns/" + World.NAMESPACE + "/manifests/" + backupId);
    }

    private static List<ObjectKey> objects(World world, String folder) {
        return world.objects.list("ns/" + World.NAMESPACE + "/" + folder, "", 1000).stream()
                .map(ObjectInfo::key)
                .toList();
    }

    private static void flip(World world, ObjectKey key, int at) {
        world.objects.damage(key, content -> {
            content[at] ^= 16;
            return content;
        });
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(TidemarkException.class)
                .satisfies(e -> assertThat(((TidemarkException) e).code())
                        .as(e.getMessage())
                        .isEqualTo(code))
                .satisfies(e -> assertThat(((TidemarkException) e).hint()).isNotEmpty());
    }
}
