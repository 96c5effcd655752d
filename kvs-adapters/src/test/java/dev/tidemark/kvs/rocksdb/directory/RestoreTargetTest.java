package dev.tidemark.kvs.rocksdb.directory;

import static dev.tidemark.kvs.ErrorCode.DISK_FULL;
import static dev.tidemark.kvs.ErrorCode.FENCED_OUT;
import static dev.tidemark.kvs.ErrorCode.MANIFEST_INVALID;
import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_IN_USE;
import static dev.tidemark.kvs.ErrorCode.STORE_NOT_EMPTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.StagingDirectory;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreTargetTest {
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId TAKEN_OVER = new RestoreId("r-1", 11);
    private static final RestoreId OTHER = new RestoreId("r-2", 12);

    @TempDir
    private Path parent;

    private StoreDirectory directory;
    private RestoreTarget target;

    @BeforeEach
    void setUp() {
        directory = new StoreDirectory(parent.resolve("store"));
        target = new RestoreTarget(directory, duration -> {});
    }

    @Test
    void isEmptyFor_missingDirectory_isTrueAndCreatesNothing() {
        assertThat(target.isEmptyFor(RESTORE)).isTrue();
        assertThat(directory.root()).doesNotExist();
    }

    @Test
    void isEmptyFor_foreignData_isFalse() throws IOException {
        putForeignData();

        assertThat(target.isEmptyFor(RESTORE)).isFalse();
    }

    @Test
    void load_stagedFiles_becomeTheDataUnderTheMark() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current", "sub/file", "content"));

        target.load(RESTORE);

        assertThat(directory.data().resolve("CURRENT")).hasContent("current");
        assertThat(directory.data().resolve("sub/file")).hasContent("content");
        assertThat(target.isEmptyFor(RESTORE)).isTrue();
        assertThat(target.isEmptyFor(OTHER)).isFalse();
        assertThatThrownBy(target::refuseWhileRestoring).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(RESTORE_INCOMPLETE);
            assertThat(e.hint()).isEqualTo("Run 'tidemark resume r-1'.");
        });
    }

    @Test
    void load_again_doesNothing() throws IOException {
        restore(RESTORE);
        Files.writeString(directory.data().resolve("new"), "written by the cleaning");
        stage(RESTORE, Map.of("CURRENT", "other"));

        target.load(RESTORE);

        assertThat(directory.data().resolve("CURRENT")).hasContent("current");
        assertThat(directory.data().resolve("new")).exists();
    }

    @Test
    void load_afterCompletion_doesNothing() throws IOException {
        restore(RESTORE);
        target.completeRestore(RESTORE);
        stage(TAKEN_OVER, Map.of("CURRENT", "other"));

        target.load(TAKEN_OVER);

        assertThat(directory.data().resolve("CURRENT")).hasContent("current");
        assertThat(directory.marker()).doesNotExist();
    }

    @Test
    void load_nothingStaged_isRefusedWithoutMark() {
        assertFails(NOT_ALLOWED_NOW, () -> target.load(RESTORE));
        assertThat(directory.marker()).doesNotExist();
    }

    @Test
    void load_foreignData_isRefusedAndLeavesIt() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current"));
        putForeignData();

        assertFails(STORE_NOT_EMPTY, () -> target.load(RESTORE));
        assertThat(directory.data().resolve("CURRENT")).hasContent("foreign");
        assertThat(directory.marker()).doesNotExist();
    }

    @Test
    void load_dataOfAnotherRestore_isRefused() throws IOException {
        restore(RESTORE);
        stage(OTHER, Map.of("CURRENT", "other"));

        assertFails(STORE_NOT_EMPTY, () -> target.load(OTHER));
        assertThat(directory.data().resolve("CURRENT")).hasContent("current");
    }

    @Test
    void load_storeInUse_isRefused() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current"));

        try (DirectoryLock owner = DirectoryLock.acquire(directory.root(), DirectoryLock.Use.SERVING, duration -> {})) {
            assertFails(STORE_IN_USE, () -> target.load(RESTORE));
        }
        assertThat(directory.marker()).doesNotExist();
    }

    @Test
    void load_diesBeforeAnyStep_canBeRepeatedByTheNextCoordinator() throws IOException {
        List<String> steps = stepsOf(() -> {
            stage(RESTORE, Map.of("CURRENT", "current"));
            return dyingTarget -> dyingTarget.load(RESTORE);
        });

        assertThat(steps).containsExactly("sync staged names", "write mark", "rename", "sync names", "done");
        for (int i = 0; i < steps.size(); i++) {
            directory = new StoreDirectory(parent.resolve("die-at-" + i));
            stage(RESTORE, Map.of("CURRENT", "current"));
            dieAt(i, dying -> dying.load(RESTORE));
            target = new RestoreTarget(directory, duration -> {});
            assertFails(RESTORE_INCOMPLETE, target::refuseWhileRestoring);

            target.stage(TAKEN_OVER, 7);
            target.load(TAKEN_OVER);

            assertThat(directory.data().resolve("CURRENT")).as(steps.get(i)).hasContent("current");
            assertFails(RESTORE_INCOMPLETE, target::refuseWhileRestoring);
            target.refuseUnlessRestoredBy(TAKEN_OVER);
            target.completeRestore(TAKEN_OVER);
            target.refuseWhileRestoring();
        }
    }

    @Test
    void completeRestore_diesBeforeAnyStep_canBeRepeated() throws IOException {
        List<String> steps = stepsOf(() -> {
            restore(RESTORE);
            return dyingTarget -> dyingTarget.completeRestore(RESTORE);
        });

        assertThat(steps).containsExactly("sync names", "record completion", "remove mark", "remove held data", "done");
        for (int i = 0; i < steps.size(); i++) {
            directory = new StoreDirectory(parent.resolve("die-at-" + i));
            target = new RestoreTarget(directory, duration -> {});
            restore(RESTORE);
            dieAt(i, dying -> dying.completeRestore(RESTORE));

            target.load(TAKEN_OVER);
            target.completeRestore(TAKEN_OVER);

            target.refuseWhileRestoring();
            assertThat(directory.data().resolve("CURRENT")).hasContent("current");
            assertThat(target.isEmptyFor(TAKEN_OVER)).isTrue();
            assertThat(target.isEmptyFor(OTHER)).isFalse();
        }
    }

    @Test
    void discardStaging_afterLoadDiedAtAnyStep_neverLosesLoadedDataNorKeepsAMarkWithoutData() throws IOException {
        for (int i = 0; i < 5; i++) {
            directory = new StoreDirectory(parent.resolve("die-at-" + i));
            target = new RestoreTarget(directory, duration -> {});
            stage(RESTORE, Map.of("CURRENT", "current"));
            dieAt(i, dying -> dying.load(RESTORE));
            boolean isLoaded = directory.hasData();

            target.discardStaging(RESTORE);

            assertThat(directory.hasData()).isEqualTo(isLoaded);
            assertThat(Files.exists(directory.marker())).isEqualTo(isLoaded);
            assertThat(directory.restore(RESTORE)).doesNotExist();
        }
    }

    @Test
    void discardStaging_diesBeforeAnyStep_canBeRepeated() throws IOException {
        for (int i = 0; i < 3; i++) {
            directory = new StoreDirectory(parent.resolve("die-at-" + i));
            target = new RestoreTarget(directory, duration -> {});
            stage(RESTORE, Map.of("CURRENT", "current"));
            dieAt(2, dying -> dying.load(RESTORE));
            dieAt(i, dying -> dying.discardStaging(RESTORE));

            target.discardStaging(RESTORE);

            target.refuseWhileRestoring();
            assertThat(target.isEmptyFor(OTHER)).isTrue();
        }
    }

    @Test
    void discardStaging_diesAfterTheFilesWereTakenAway_hidesThemAndIsRepeated() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current"));
        dieAt(1, dying -> dying.discardStaging(RESTORE));

        assertThat(directory.discarded(RESTORE)).exists();
        target.refuseWhileRestoring();
        stage(RESTORE, Map.of("CURRENT", "again"));
        target.discardStaging(RESTORE);

        assertThat(directory.discarded(RESTORE)).doesNotExist();
        assertThat(directory.restore(RESTORE)).doesNotExist();
    }

    @Test
    void discardStaging_nothingStaged_createsNothing() {
        target.discardStaging(RESTORE);

        assertThat(directory.root()).doesNotExist();
    }

    @Test
    void discardStaging_storeInUse_leavesItsOwnerAlone() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current"));
        putForeignData();

        try (DirectoryLock owner = DirectoryLock.acquire(directory.root(), DirectoryLock.Use.SERVING, duration -> {})) {
            target.discardStaging(RESTORE);
        }

        assertThat(directory.restore(RESTORE)).doesNotExist();
    }

    @Test
    void load_overtakenWhileItWaitsForTheLock_isFencedOutAndLoadsNothing() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current"));

        overtakenWhileWaiting(waiting -> waiting.load(RESTORE));

        assertThat(directory.hasData()).isFalse();
        assertThat(directory.marker()).doesNotExist();
    }

    @Test
    void discardStaging_overtakenWhileItWaitsForTheLock_isFencedOutAndRemovesNothing() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current"));

        overtakenWhileWaiting(waiting -> waiting.discardStaging(RESTORE));

        assertThat(target.stage(TAKEN_OVER, 0).files()).containsOnlyKeys("CURRENT", "staged-by-the-next");
    }

    /** Somebody visits the store; while the call waits for that, another coordinator takes the restore over. */
    private void overtakenWhileWaiting(Call call) {
        DirectoryLock visitor = DirectoryLock.tryAcquire(directory.root(), DirectoryLock.Use.VISITING)
                .orElseThrow();
        RestoreTarget waiting = new RestoreTarget(directory, duration -> {
            try {
                stage(TAKEN_OVER, Map.of("staged-by-the-next", "content"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            visitor.close();
        });

        assertFails(FENCED_OUT, () -> call.on(waiting));
    }

    @Test
    void completeRestore_beforeLoad_isRefused() throws IOException {
        assertFails(NOT_ALLOWED_NOW, () -> target.completeRestore(RESTORE));
        stage(RESTORE, Map.of("CURRENT", "current"));
        dieAt(2, dying -> dying.load(RESTORE));

        assertFails(NOT_ALLOWED_NOW, () -> target.completeRestore(RESTORE));
    }

    @Test
    void completeRestore_markOfAnother_isRefusedAndLeft() throws IOException {
        restore(RESTORE);

        assertFails(RESTORE_INCOMPLETE, () -> target.completeRestore(OTHER));

        assertFails(RESTORE_INCOMPLETE, target::refuseWhileRestoring);
    }

    @Test
    void refuseWhileRestoring_stagedForEmptyStore_isRefusedUntilDiscarded() throws IOException {
        stage(RESTORE, Map.of("CURRENT", "current"));

        assertFails(RESTORE_INCOMPLETE, target::refuseWhileRestoring);

        target.discardStaging(RESTORE);
        target.refuseWhileRestoring();
    }

    @Test
    void refuseUnlessRestoredBy_anotherRestoreOrNone_isRefused() throws IOException {
        assertFails(NOT_ALLOWED_NOW, () -> target.refuseUnlessRestoredBy(RESTORE));
        restore(RESTORE);

        assertFails(RESTORE_INCOMPLETE, () -> target.refuseUnlessRestoredBy(OTHER));
    }

    @Test
    void anyCall_olderEpoch_isFencedOutForGood() throws IOException {
        StagingArea.StagedFile late = target.stage(RESTORE, 0).create("late");
        stage(TAKEN_OVER, Map.of("CURRENT", "current"));

        assertFails(FENCED_OUT, late::commit);
        late.close();
        RestoreTarget restarted = new RestoreTarget(directory, duration -> {});
        assertThat(restarted.isEmptyFor(new RestoreId("plan", 1))).isTrue();
        assertFails(FENCED_OUT, () -> restarted.stage(RESTORE, 0));
        assertFails(FENCED_OUT, () -> restarted.load(RESTORE));
        assertFails(FENCED_OUT, () -> restarted.completeRestore(RESTORE));
        assertFails(FENCED_OUT, () -> restarted.discardStaging(RESTORE));
        assertThat(target.stage(TAKEN_OVER, 0).files()).containsOnlyKeys("CURRENT");
    }

    @Test
    void isEmptyFor_aLinkWhereFilesWouldBeStaged_isFalse() throws IOException {
        Files.createDirectories(directory.root());
        Files.createSymbolicLink(
                directory.restores(), Files.createDirectory(directory.root().resolveSibling("elsewhere")));

        assertThat(target.isEmptyFor(RESTORE)).isFalse();
    }

    @Test
    void stage_moreThanTheDiskHas_isRefusedBeforeAnythingIsWritten() {
        assertFails(DISK_FULL, () -> target.stage(RESTORE, Long.MAX_VALUE));
        assertThat(directory.root()).doesNotExist();
    }

    @Test
    void stage_again_findsCommittedFilesAndForgetsUnfinishedOnes() throws IOException {
        StagingArea first = stage(RESTORE, Map.of("a/b", "12345"));
        StagingArea.StagedFile unfinished = first.create("unfinished");
        unfinished.write(ByteBuffer.wrap(new byte[10]));

        StagingArea second = target.stage(TAKEN_OVER, 5);

        assertThat(second.files()).isEqualTo(Map.of("a/b", 5L));
        assertThat(directory.restore(RESTORE).resolve("parts")).isEmptyDirectory();
        unfinished.close();
    }

    @Test
    void create_pathThatIsStaged_replacesItWhenCommitted() throws IOException {
        StagingArea staging = stage(RESTORE, Map.of("a", "old"));

        try (StagingArea.StagedFile dropped = staging.create("a")) {
            dropped.write(ByteBuffer.wrap(new byte[10]));
        }
        assertThat(staging.files()).isEqualTo(Map.of("a", 3L));

        stage(RESTORE, Map.of("a", "newer"));
        assertThat(staging.files()).isEqualTo(Map.of("a", 5L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a", "/a", "a\\b", "C:/a", "a\0", "a//b", "CURRENT/a", "dir"})
    void create_pathThatLeavesTheAreaOrClashes_isManifestInvalid(String path) throws IOException {
        StagingArea staging = stage(RESTORE, Map.of("CURRENT", "current", "dir/a", "a"));

        assertFails(MANIFEST_INVALID, () -> {
            try (StagingArea.StagedFile file = staging.create(path)) {
                file.commit();
            }
        });
        assertThat(staging.files()).containsOnlyKeys("CURRENT", "dir/a");
    }

    @Test
    void create_throughSymbolicLink_isManifestInvalid() throws IOException {
        StagingArea staging = stage(RESTORE, Map.of("CURRENT", "current"));
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.createSymbolicLink(
                StagingDirectory.filesOf(directory.restore(RESTORE)).resolve("link"), outside);

        assertFails(MANIFEST_INVALID, () -> staging.create("link/a"));
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void create_linkPutInTheWayBeforeCommit_isManifestInvalid() throws IOException {
        StagingArea staging = stage(RESTORE, Map.of("CURRENT", "current"));
        Path outside = Files.createDirectory(parent.resolve("outside"));
        try (StagingArea.StagedFile file = staging.create("link/a")) {
            Files.createSymbolicLink(
                    StagingDirectory.filesOf(directory.restore(RESTORE)).resolve("link"), outside);

            assertFails(MANIFEST_INVALID, file::commit);
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void marker_editedByHand_isDamageAndNothingOpens() throws IOException {
        Files.createDirectories(directory.root());
        Files.writeString(directory.marker(), "{\"id\":");

        assertFails(STORE_DAMAGED, target::refuseWhileRestoring);
    }

    @Test
    void translate_deviceWithoutSpace_isDiskFull() throws IOException {
        try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            Throwable failure = catchThrowable(() -> full.write(ByteBuffer.wrap(new byte[1])));

            assertThat(failure).isInstanceOf(IOException.class);
            assertThat(FileErrors.translate("write", Path.of("/dev/full"), (IOException) failure)
                            .code())
                    .isEqualTo(DISK_FULL);
        }
    }

    private void restore(RestoreId restore) throws IOException {
        stage(restore, Map.of("CURRENT", "current"));
        new RestoreTarget(directory, duration -> {}).load(restore);
    }

    private StagingArea stage(RestoreId restore, Map<String, String> contents) throws IOException {
        StagingArea staging = new RestoreTarget(directory, duration -> {}).stage(restore, 100);
        for (Map.Entry<String, String> entry : contents.entrySet()) {
            try (StagingArea.StagedFile file = staging.create(entry.getKey())) {
                file.write(ByteBuffer.wrap(entry.getValue().getBytes(StandardCharsets.UTF_8)));
                file.commit();
            }
        }
        staging.sync();
        return staging;
    }

    private void putForeignData() throws IOException {
        Files.createDirectories(directory.data());
        Files.writeString(directory.data().resolve("CURRENT"), "foreign");
    }

    private List<String> stepsOf(Scenario scenario) throws IOException {
        List<String> steps = new ArrayList<>();
        directory = new StoreDirectory(parent.resolve("whole"));
        Call call = scenario.prepare();
        call.on(new RestoreTarget(directory, duration -> {}, steps::add));
        return steps;
    }

    /** Leaves the files as the death of the process before the step leaves them. */
    private void dieAt(int step, Call call) {
        int[] left = {step};
        RestoreTarget dying = new RestoreTarget(directory, duration -> {}, name -> {
            if (left[0]-- == 0) {
                throw new Death();
            }
        });
        assertThatThrownBy(() -> call.on(dying)).isInstanceOf(Death.class);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private interface Scenario {
        Call prepare() throws IOException;
    }

    private interface Call {
        void on(RestoreTarget target);
    }

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
