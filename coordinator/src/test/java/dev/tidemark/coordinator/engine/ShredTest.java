package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.check.ArchiveChecker;
import dev.tidemark.coordinator.check.CheckLevel;
import dev.tidemark.coordinator.check.NamespaceCheck;
import dev.tidemark.coordinator.datakey.RotationState;
import dev.tidemark.coordinator.datakey.ShredOperation;
import dev.tidemark.coordinator.datakey.ShredPlan;
import dev.tidemark.coordinator.datakey.ShredReport;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H1: data keys that are rotated, and data keys that are destroyed. */
@Execution(ExecutionMode.CONCURRENT)
class ShredTest {
    private static final NamespaceLayout LAYOUT = new NamespaceLayout(World.NAMESPACE);

    private World world = new World(3, 3);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void shred_namespaceWithBackups_makesThemUnreadableAndLeavesOthers() {
        NamespaceArchive other = world.archive.createNamespace("other");
        SampleArchive.backup(other, "b-1", Map.of("f", new byte[] {1, 2, 3}));
        String backup = backupOfSomething();
        List.of("ticks/hourly/20261122T100000Z/000001", "pauses/00000001")
                .forEach(key ->
                        world.archive.namespace(World.NAMESPACE).documents().create(LAYOUT.key(key), new byte[] {1}));
        List<ObjectInfo> before = objects("ns/other/");

        ShredReport report = shred();

        assertThat(report.tombstone().backups()).isEqualTo(1);
        assertThat(report.tombstone().keyId()).isEqualTo(1);
        assertShredded(() -> world.restore(backup));
        assertShredded(() -> world.archive.namespace(World.NAMESPACE));
        assertShredded(this::shred);
        assertShredded(this::plan);
        assertShredded(() -> rotate(World.NAMESPACE));
        for (String prefix : List.of("keys/", "manifests/", "packs/", "index/", "lists/", "ticks/", "pauses/")) {
            assertThat(objects(LAYOUT.prefix() + prefix)).as(prefix).isEmpty();
        }
        assertThat(objects("ns/other/")).isEqualTo(before);
        assertThat(SampleArchive.restore(world.archive.namespace("other"), "b-1")
                        .get("f"))
                .containsExactly(1, 2, 3);
    }

    @Test
    void plan_namespaceWithBackups_namesThemAndChangesNothing() {
        String backup = backupOfSomething();
        List<ObjectInfo> before = objects("");

        ShredPlan plan = plan();

        assertThat(plan.backups()).extracting(ShredPlan.Lost::backupId).containsExactly(backup);
        assertThat(plan.lastKeyId()).isEqualTo(1);
        assertThat(objects("")).isEqualTo(before);
    }

    @Test
    void shred_killedBeforeOrAfterAnyWrite_isCompletedByRunningItAgain() {
        int crashes = 0;
        for (int crashAt = 1; ; crashAt++) {
            world.close();
            world = new World(3, 3);
            backupOfSomething();
            if (!crashes(crashAt)) {
                break;
            }
            crashes++;
            world.time.advance(Duration.ofMinutes(1));

            ShredReport report = completeOrFindCompleted();

            assertThat(report == null || report.tombstone().backups() == 1)
                    .as("crash %d", crashAt)
                    .isTrue();
            assertShredded(() -> world.archive.namespace(World.NAMESPACE));
            assertThat(objects(LAYOUT.dataKeys())).as("crash %d", crashAt).isEmpty();
            assertThat(objects(LAYOUT.packs())).as("crash %d", crashAt).isEmpty();
            assertThat(objects(LAYOUT.tombstones())).as("crash %d", crashAt).hasSize(1);
        }
        assertThat(crashes).isGreaterThan(20);
    }

    /** Runs a shredding whose process dies at its n-th moment before or after a change; false when it has fewer. */
    private boolean crashes(int crashAt) {
        int[] left = {crashAt};
        world.objects.observe((operation, key, isDone) -> {
            boolean isChange = operation == Operation.CREATE || operation == Operation.DELETE;
            if (isChange && --left[0] == 0) {
                throw new Crash(operation + " " + key);
            }
        });
        try {
            shred();
            return false;
        } catch (Crash e) {
            return true;
        } finally {
            world.objects.observe((operation, key, isDone) -> {});
        }
    }

    /**
     * A process that is stopped before it lists what it removes, and goes on when the namespace was shredded by another one and begun
     * anew: what it finds then is of the later backup.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {"manifests/", "manifestcopies/", "inventories/", "packlists/", "index/", "lists/", "packs/"})
    void shred_stoppedUntilTheNamespaceWasBegunAnew_removesNothingOfTheLaterBackup(String folder) {
        backupOfSomething();
        CoordinatorProcess stopped = world.coordinator();
        boolean[] areKeysGone = new boolean[1];
        String[] later = new String[1];
        world.objects.observe((operation, key, isDone) -> {
            areKeysGone[0] |= operation == Operation.DELETE && isDone && key.startsWith(LAYOUT.dataKeys());
            boolean isListed = operation == Operation.LIST && !isDone && key.equals(LAYOUT.prefix() + folder);
            if (areKeysGone[0] && isListed && later[0] == null) {
                later[0] = "";
                stopped.close();
                shred();
                world.set("a", "after");
                later[0] = world.backup().backupId();
            }
        });

        assertCode(
                ErrorCode.FENCED_OUT,
                () -> stopped.coordinator.upkeep().shred(World.NAMESPACE, OperationListener.NONE));

        world.objects.observe((operation, key, isDone) -> {});
        assertThat(isGood(later[0])).isTrue();
        assertThat(world.readElsewhere(world.archive, later[0])).containsEntry("a", "after");
        assertThat(world.archive.namespace(World.NAMESPACE).manifests().isCopyGood(later[0]))
                .isTrue();
    }

    private ShredReport completeOrFindCompleted() {
        try {
            return shred();
        } catch (CoordinatorException e) {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.KEY_DESTROYED);
            return null;
        }
    }

    @Test
    void backup_whileAShreddingIsUnfinished_isRefused() {
        backupOfSomething();
        ObjectKey key = LAYOUT.dataKey(1);
        world.objects.observe((operation, name, isDone) -> {
            if (operation == Operation.DELETE && name.equals(key.value())) {
                throw new Crash(name);
            }
        });
        assertThatThrownBy(this::shred).isInstanceOf(Crash.class);
        world.objects.observe((operation, name, isDone) -> {});

        assertThatThrownBy(world::backup).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.KEY_DESTROYED);
            assertThat(e.hint()).contains("tidemark shred");
        });
        assertThat(world.objects.head(key)).isPresent();
        assertShredded(() -> world.archive.namespace(World.NAMESPACE));
    }

    @Test
    void backup_afterShredding_beginsAFreshKeyAndRestores() {
        backupOfSomething();
        shred();
        world.set("a", "after");

        String backup = world.backup().backupId();

        assertThat(world.objects.head(LAYOUT.dataKey(2))).isPresent();
        assertThat(world.objects.head(LAYOUT.dataKey(1))).isEmpty();
        assertThat(isGood(backup)).isTrue();
        world.loseEverything();
        world.restore(backup);
        world.startClient();
        assertThat(world.read()).containsEntry("a", "after");
        assertThat(shred().tombstone().keyId()).isEqualTo(2);
    }

    @Test
    void shred_whileAnotherOperationIsUnfinished_isRefused() {
        backupOfSomething();
        world.objects.observe((operation, name, isDone) -> {
            if (operation == Operation.CREATE && name.startsWith(LAYOUT.manifests())) {
                throw new Crash(name);
            }
        });
        assertThatThrownBy(world::backup).isInstanceOf(Crash.class);
        world.objects.observe((operation, name, isDone) -> {});
        List<ObjectInfo> keys = objects(LAYOUT.dataKeys());

        assertCode(ErrorCode.OPERATION_IN_PROGRESS, this::shred);
        assertCode(ErrorCode.OPERATION_IN_PROGRESS, this::plan);
        assertCode(ErrorCode.OPERATION_IN_PROGRESS, () -> rotate(World.NAMESPACE));
        assertThat(objects(LAYOUT.dataKeys())).isEqualTo(keys);
    }

    @Test
    void shred_guardRefuses_changesNothing() {
        backupOfSomething();
        NamespaceArchive records = world.archive.records(World.NAMESPACE);
        EngineSeams seams = new EngineSeams(
                world.time, world.time, world.time, world.time.process(), Runnable::run, world.random, "test");
        Operations operations = new Operations(records, Duration.ofSeconds(15), seams);
        CoordinatorException held = new CoordinatorException(ErrorCode.NOT_ALLOWED_NOW, "held", "Wait.");
        ShredOperation operation = new ShredOperation(
                world.archive,
                records,
                namespace -> {
                    throw held;
                },
                seams);

        assertThatThrownBy(() -> operation.plan(operations)).isSameAs(held);
        assertThatThrownBy(() -> operation.run(operations, OperationListener.NONE))
                .isSameAs(held);

        world.archive.namespace(World.NAMESPACE);
        assertThat(objects(LAYOUT.tombstones())).isEmpty();
        assertThat(operations.findUnfinished()).isEmpty();
    }

    @Test
    void shred_readersKey_isRefusedBeforeAnythingIsWritten() {
        String backup = backupOfSomething();
        Archive reader = reader();
        List<ObjectInfo> before = objects("");

        try (CoordinatorProcess process = world.coordinator(reader)) {
            assertCode(
                    ErrorCode.READ_ONLY_KEY,
                    () -> process.coordinator.upkeep().shred(World.NAMESPACE, OperationListener.NONE));
            assertCode(
                    ErrorCode.READ_ONLY_KEY, () -> process.coordinator.upkeep().planShred(World.NAMESPACE));
            assertCode(
                    ErrorCode.READ_ONLY_KEY,
                    () -> process.coordinator.upkeep().rotateKey(World.NAMESPACE, OperationListener.NONE));
            assertCode(
                    ErrorCode.READ_ONLY_KEY,
                    () -> process.coordinator.backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE));
            assertThat(objects("")).isEqualTo(before);

            world.loseEverything();
            process.coordinator.planRestore(new RestoreRequest(World.NAMESPACE, backup));
        }
        try (CoordinatorProcess process = world.coordinator(reader)) {
            process.coordinator.restore(new RestoreRequest(World.NAMESPACE, backup), OperationListener.NONE);
        }
        world.startClient();
        assertThat(world.read()).containsEntry("a", "before");
    }

    @Test
    void shred_storeRefusesToDeleteData_destroysTheKeysAndSaysWhatIsLeft() {
        backupOfSomething();
        int packs = objects(LAYOUT.packs()).size();
        world.objects.observe((operation, name, isDone) -> {
            if (operation == Operation.DELETE && !isDone && name.startsWith(LAYOUT.packs())) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "locked", "");
            }
        });

        ShredReport report = shred();

        assertThat(report.left()).isEqualTo(packs).isPositive();
        assertShredded(() -> world.archive.namespace(World.NAMESPACE));
        world.objects.observe((operation, name, isDone) -> {});
        world.set("a", "after");
        assertThat(isGood(world.backup().backupId())).isTrue();
    }

    @Test
    void check_shreddedNamespace_isNeitherDamagedNorStaleUntilItIsBackedUpAgain() {
        backupOfSomething();
        shred();
        ArchiveChecker checker =
                new ArchiveChecker(world.archive.toPublic(), CheckLevel.EXISTENCE, world.time.instant());

        assertThat(checker.check(World.NAMESPACE, Duration.ofSeconds(1), 1).state())
                .isEqualTo(NamespaceCheck.State.SHREDDED);

        world.backup();
        assertThat(checker.check(World.NAMESPACE, Duration.ZERO, 1).state()).isEqualTo(NamespaceCheck.State.RESTORABLE);
    }

    @Test
    void namespace_destroyedKeyIsPutBack_staysUnreadableUntilItIsShreddedAgain() {
        String backup = backupOfSomething();
        byte[] copy = world.objects.read(LAYOUT.dataKey(1));
        shred();
        world.objects.create(LAYOUT.dataKey(1), ByteBuffer.wrap(copy));

        assertShredded(() -> world.restore(backup));
        assertShredded(world::backup);
        shred();

        assertThat(world.objects.head(LAYOUT.dataKey(1))).isEmpty();
        world.backup();
    }

    @Test
    void namespace_anyByteOfItsTombstoneChanged_isFound() {
        backupOfSomething();
        shred();
        ObjectKey key = LAYOUT.tombstone(1);
        byte[] original = world.objects.read(key);

        for (int i = 0; i < original.length; i++) {
            int at = i;
            world.objects.damage(key, content -> {
                content[at] ^= 1;
                return content;
            });
            assertThatThrownBy(() -> world.archive.createNamespace(World.NAMESPACE))
                    .as("byte %d", i)
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isIn(ErrorCode.OBJECT_DAMAGED, ErrorCode.UNKNOWN_FORMAT_VERSION));
            world.objects.damage(key, content -> original);
        }
        assertThat(objects(LAYOUT.dataKeys())).isEmpty();
    }

    @Test
    void rotate_betweenBackups_bothRestoreAndTheOldNeedsItsKey() {
        String first = backupOfSomething();

        RotationState rotated = rotate(World.NAMESPACE);
        world.set("a", "after");
        String second = world.backup().backupId();

        assertThat(rotated).isEqualTo(new RotationState(1, 2));
        world.restoreElsewhere(first);
        world.restoreElsewhere(second);
        world.objects.delete(LAYOUT.dataKey(1));
        assertThatThrownBy(() -> world.restoreElsewhere(first)).isInstanceOf(CoordinatorException.class);
    }

    @Test
    void rotate_killedAtAnyWrite_leavesOneNewKey() {
        backupOfSomething();
        world.objects.observe((operation, name, isDone) -> {
            if (operation == Operation.CREATE
                    && isDone
                    && name.equals(LAYOUT.dataKey(2).value())) {
                throw new Crash(name);
            }
        });
        assertThatThrownBy(() -> rotate(World.NAMESPACE)).isInstanceOf(Crash.class);
        world.objects.observe((operation, name, isDone) -> {});
        world.time.advance(Duration.ofMinutes(1));

        assertThat(rotate(World.NAMESPACE).keyId()).isEqualTo(2);
        assertThat(objects(LAYOUT.dataKeys())).hasSize(2);
    }

    private String backupOfSomething() {
        world.set("a", "before");
        return world.backup().backupId();
    }

    private ShredReport shred() {
        try (CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.upkeep().shred(World.NAMESPACE, OperationListener.NONE);
        }
    }

    private ShredPlan plan() {
        try (CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.upkeep().planShred(World.NAMESPACE);
        }
    }

    private RotationState rotate(String namespace) {
        try (CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.upkeep().rotateKey(namespace, OperationListener.NONE);
        }
    }

    private boolean isGood(String backupId) {
        ArchiveVerifier verifier = new ArchiveVerifier(
                world.archive.namespace(World.NAMESPACE), VerificationLevel.values()[1], (done, total) -> {});
        assertThat(verifier.backupIds()).containsExactly(backupId);
        return verifier.verify(verifier.backupIds()).isGood();
    }

    private Archive reader() {
        ArchiveKey key = ArchiveKey.keyFile(SampleArchive.randomBytes(9, 40));
        world.archive.keys().add(world.archive.keys().prepare(key, "restore host", Role.READER));
        return Archive.open(world.objects, key, new ArchiveSeams(world.time, world.random, Runnable::run));
    }

    private List<ObjectInfo> objects(String prefix) {
        return world.objects.list(prefix, "", 1000);
    }

    private static void assertShredded(ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.KEY_DESTROYED))
                .hasMessageContaining("was shredded on")
                .hasMessageContaining("by test");
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}
