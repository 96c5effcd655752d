package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveHeader;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.garbage.GarbageReport;
import dev.tidemark.coordinator.objectlock.LockingObjectStore;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.retention.ExpireReport;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Archives whose store locks objects: everything that a backup needs is locked as long as the backup itself. */
class ObjectLockTest {
    private static final Duration PERIOD = Duration.ofHours(2);
    private static final RetentionPolicy LAST =
            new RetentionPolicy(1, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("UTC"));
    private static final GarbageOptions AT_ONCE = new GarbageOptions(Duration.ZERO, 0, 0);

    private final World world = new World(5, 3);
    private final Notes notes = new Notes();
    private LockingObjectStore store = locking(true);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void backup_ofWhatAnOlderOneHasStored_locksAllOfItForTheWholePeriod() {
        world.set("a", "1");
        BackupReport older = backup();
        world.time.advance(PERIOD.minusMinutes(1));
        Instant begin = world.time.instant();

        BackupReport newer = backup();

        assertThat(newer.newRawBytes()).isLessThan(newer.rawBytes());
        Instant end = begin.truncatedTo(ChronoUnit.SECONDS).plus(PERIOD);
        Set<ObjectKey> needed = needed(newer.backupId());
        assertThat(needed)
                .hasSizeGreaterThan(8)
                .allSatisfy(key -> assertThat(store.end(key)).as(key.value()).isAfterOrEqualTo(end));
        assertThat(needed(older.backupId())).filteredOn(needed::contains).hasSizeGreaterThan(3);
        assertThat(store.end(archive().layout().manifest(older.backupId()))).isBefore(end);
        assertThat(notes.texts).isEmpty();
    }

    @Test
    void backup_storeRefusesToLockWhatIsRequired_failsWithoutAManifest() {
        world.set("a", "1");
        backup();
        store.refuse(key -> key.value().contains("/packs/"));

        assertThatThrownBy(this::backup)
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_ACCESS_DENIED);
                    assertThat(e.hint()).contains("s3:PutObjectRetention");
                })
                .hasMessageContaining("/packs/")
                .hasMessageContaining("can't be locked until");

        assertThat(archive().manifests().backupIds()).hasSize(1);
    }

    @Test
    void backup_storeRefusesToLockWhatIsNotRequired_isARemark() {
        store = locking(false);
        world.set("a", "1");
        store.refuse(key -> key.value().contains("/packs/"));

        backup();

        assertThat(notes.texts).hasSize(1);
        assertThat(notes.texts.get(0)).contains("could not be locked until", "no right to lock");
        assertThat(archive().manifests().backupIds()).hasSize(1);
    }

    /** E9: what is locked stays until its lock has ended, and the operation says until when; then it goes. */
    @Test
    void expireAndCollect_lockedObjects_stayUntilTheirLocksEnd() {
        world.set("a", "1");
        String older = backup().backupId();
        Instant olderEnd = store.end(archive().layout().manifestCopy(older));
        world.time.advance(Duration.ofMinutes(10));
        world.set("a", "2");
        backup();

        ExpireReport tooEarly = expire(older);

        assertThat(tooEarly.removed()).isEmpty();
        assertThat(notes.texts).anySatisfy(note -> assertThat(note).contains(older, "is locked until"));
        assertThat(archive().manifests().backupIds()).contains(older);
        world.time.advance(Duration.between(world.time.instant(), olderEnd));
        assertThat(expire(older).removed()).containsExactly(older);
        int before = packs();
        store.extendAll(world.time.instant().plusSeconds(300));
        assertThat(collect().condemnedObjects()).isPositive();
        notes.texts.clear();
        GarbageReport refused = collect();
        assertThat(refused.removedObjects()).isZero();
        assertThat(refused.refusedObjects()).isPositive();
        assertThat(packs()).isEqualTo(before);
        assertThat(notes.texts).anySatisfy(note -> assertThat(note).contains("stay condemned", "is locked until"));
        world.time.advance(Duration.ofMinutes(10));
        assertThat(collect().removedObjects()).isEqualTo(refused.refusedObjects());
    }

    private int packs() {
        int[] count = new int[1];
        archive().forEachKey("packs/", key -> count[0]++);
        return count[0];
    }

    /** Returns everything without which the backup can't be restored. */
    private Set<ObjectKey> needed(String backupId) {
        NamespaceArchive archive = archive();
        Set<ObjectKey> needed = new TreeSet<>();
        Manifest manifest = archive.manifests().read(backupId);
        needed.add(archive.layout().manifest(backupId));
        needed.add(archive.layout().manifestCopy(backupId));
        manifest.stores().forEach(each -> each.nodes().forEach(node -> node.fileList()
                .parts()
                .forEach(part -> needed.add(archive.layout().fileList(part.object())))));
        archive.forEachKey("inventories/" + backupId + "/", needed::add);
        archive.inventories()
                .forEachPack(
                        archive.inventories().find(backupId).orElseThrow(),
                        pack -> needed.add(archive.layout().pack(pack.pack())));
        archive.inventories()
                .find(backupId)
                .orElseThrow()
                .parts()
                .forEach(part -> needed.add(archive.inventories().partKey(part.object())));
        archive.forEachKey("keys/", needed::add);
        needed.add(ArchiveHeader.KEY);
        store.forEach("keys/", info -> needed.add(info.key()));
        return needed;
    }

    private BackupReport backup() {
        try (CoordinatorProcess process = world.coordinator(opened())) {
            return process.coordinator.backup(BackupRequest.of(World.NAMESPACE), notes);
        }
    }

    private ExpireReport expire(String backupId) {
        try (CoordinatorProcess process = world.coordinator(opened())) {
            return process.coordinator.upkeep().expire(World.NAMESPACE, LAST, List.of(backupId), notes);
        }
    }

    private GarbageReport collect() {
        try (CoordinatorProcess process = world.coordinator(opened())) {
            return process.coordinator.upkeep().collectGarbage(World.NAMESPACE, AT_ONCE, notes);
        }
    }

    private NamespaceArchive archive() {
        return opened().namespace(World.NAMESPACE);
    }

    private Archive opened() {
        return Archive.open(
                store, ArchiveKey.keyFile(new byte[32]), new ArchiveSeams(world.time, world.random, Runnable::run));
    }

    private LockingObjectStore locking(boolean isRequired) {
        return new LockingObjectStore(world.objects, world.time, PERIOD, isRequired);
    }

    /** Keeps what operations say. */
    private static final class Notes implements OperationListener {
        private final List<String> texts = new ArrayList<>();

        @Override
        public void note(String operationId, String message) {
            texts.add(message);
        }
    }
}
