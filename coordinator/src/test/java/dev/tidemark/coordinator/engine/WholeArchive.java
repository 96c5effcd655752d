package dev.tidemark.coordinator.engine;

import dev.tidemark.coordinator.archive.ArchiveKeys.NewSlot;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.marks.DamageMark;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.catalog.Annotations;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.coordinator.retention.Holds;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.runbook.Runbook;
import dev.tidemark.coordinator.runbook.RunbookStore;
import dev.tidemark.coordinator.schedule.CatchUp;
import dev.tidemark.coordinator.schedule.CronExpression;
import dev.tidemark.coordinator.schedule.Schedule;
import dev.tidemark.coordinator.schedule.ScheduledRun;
import dev.tidemark.coordinator.schedule.ScheduledWork;
import dev.tidemark.coordinator.schedule.Scheduler;
import dev.tidemark.coordinator.schedule.Timetable;
import dev.tidemark.coordinator.verify.PackChoice;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationRun;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * A small archive in which every kind of object is: incremental backups under two data keys, removed and abandoned ones, holds, marks,
 * condemned objects, several key slots, a shredded namespace and another one.
 */
final class WholeArchive implements AutoCloseable {
    static final String GIVEN_UP = "given-up";
    static final String SHREDDED = "gone";
    static final String OTHER = "other";
    static final String OTHER_BACKUP = "b-1";

    /** Nothing waits, and nothing is moved to other packs. */
    static final GarbageOptions GARBAGE = new GarbageOptions(Duration.ZERO, 0, 0);

    final World world = new World(4711, 3);

    /** The backups of {@link World#NAMESPACE} with what each holds, the oldest first. */
    final Map<String, Map<String, String>> states = new LinkedHashMap<>();

    final Map<String, byte[]> otherFiles = Map.of("f", SampleArchive.randomBytes(1, 900), "g", new byte[] {1, 2});

    /** Every content that was ever under a name, the oldest first. */
    private final NavigableMap<String, List<byte[]>> written = new TreeMap<>();

    private NavigableMap<String, byte[]> objects;
    private Set<String> needed;

    /** Makes the archive. */
    static WholeArchive create() {
        WholeArchive whole = new WholeArchive();
        whole.world.objects.observe(whole::remember);
        whole.fill();
        whole.world.objects.observe((operation, key, isDone) -> {});
        whole.world.close();
        whole.objects = new TreeMap<>();
        whole.world.objects.forEach(
                "", info -> whole.objects.put(info.key().value(), whole.world.objects.read(info.key())));
        whole.needed = whole.findNeeded();
        return whole;
    }

    private void remember(Operation operation, String key, boolean isDone) {
        if (operation == Operation.CREATE && isDone) {
            written.computeIfAbsent(key, name -> new ArrayList<>()).add(world.objects.read(new ObjectKey(key)));
        }
    }

    private void fill() {
        world.archive.keys().add(slot("second", ArchiveKey.keyFile(SampleArchive.randomBytes(2, 40)), Role.WRITER));
        world.archive.keys().add(slot("reader", ArchiveKey.keyFile(SampleArchive.randomBytes(3, 40)), Role.READER));
        String removedSlot = world.archive
                .keys()
                .add(slot("removed", ArchiveKey.keyFile(SampleArchive.randomBytes(4, 40)), Role.READER))
                .slot();
        world.archive.keys().remove(removedSlot, false);
        String first = backup(8);
        String swept = backup(2);
        String expired = backup(2);
        rotate();
        String second = backup(3);
        NamespaceArchive archive = world.archive.namespace(World.NAMESPACE);
        rewriteInventory(archive, first);
        expire(swept);
        collect();
        collect();
        states.remove(swept);
        expire(expired);
        collect();
        states.remove(expired);
        hold(archive, first, "a".repeat(32));
        hold(archive, second, "b".repeat(32));
        new Holds(archive).release("b".repeat(32));
        archive.manifests().abandon(GIVEN_UP);
        new Annotations(archive).change(first, Map.of("ticket", "4711"));
        archive.documents()
                .create(
                        archive.key("removals/" + expired),
                        ("{\"backupId\":\"" + expired + "\"}").getBytes(StandardCharsets.UTF_8));
        archive.documents()
                .create(
                        archive.key("orders/202601/" + "c".repeat(32) + ".accepted"),
                        "{\"formatVersion\":1}".getBytes(StandardCharsets.UTF_8));
        schedule(archive);
        runbook(archive, first);
        verify(archive);
        archive.damageMarks()
                .mark(new DamageMark(packOf(archive, second), world.time.instant(), "found by a test", List.of()));
        NamespaceArchive other = world.archive.createNamespace(OTHER);
        SampleArchive.backup(other, OTHER_BACKUP, otherFiles);
        other.manifests().copy(OTHER_BACKUP);
        SampleArchive.backup(world.archive.createNamespace(SHREDDED), OTHER_BACKUP, otherFiles);
        try (CoordinatorProcess process = world.coordinator()) {
            process.coordinator.upkeep().shred(SHREDDED, OperationListener.NONE);
        }
    }

    private static void runbook(NamespaceArchive archive, String backup) {
        new RunbookStore(archive.store(), archive.layout(), archive.signer().verifyingKey())
                .write(
                        backup,
                        new Runbook("the page\n", "the script\n"),
                        archive.signer().require("write a runbook"));
    }

    private NewSlot slot(String label, ArchiveKey key, Role role) {
        return world.archive.keys().prepare(key, label, role);
    }

    /** Ticks of a schedule, one of which has run; and a pause that is over. */
    private void schedule(NamespaceArchive archive) {
        try (PeriodicTasks tasks = world.time.process()) {
            EngineSeams seams =
                    new EngineSeams(world.time, world.time, world.time, tasks, Runnable::run, world.random, "test");
            Schedule hourly = new Schedule(
                    "hourly",
                    ScheduledWork.BACKUP,
                    CronExpression.parse("@hourly"),
                    ZoneId.of("UTC"),
                    Duration.ofHours(1),
                    Duration.ZERO,
                    CatchUp.ONCE,
                    Map.of());
            List<ScheduledRun> runs = new ArrayList<>();
            Scheduler scheduler = new Scheduler(
                    new Timetable(Map.of(World.NAMESPACE, List.of(hourly))), name -> archive, runs::add, seams);
            Instant now = world.time.instant();
            scheduler.run(now);
            scheduler.run(now.plus(Duration.ofHours(1)));
            scheduler.started(runs.get(0), "b-1", now.plus(Duration.ofHours(1)));
            scheduler.succeeded(runs.get(0), now.plus(Duration.ofHours(1)));
            scheduler.pause(World.NAMESPACE, "me", "");
            scheduler.resume(World.NAMESPACE, "me");
        }
    }

    /** Remembers what was read, and certifies. */
    private void verify(NamespaceArchive archive) {
        try (PeriodicTasks tasks = world.time.process()) {
            EngineSeams seams =
                    new EngineSeams(world.time, world.time, world.time, tasks, Runnable::run, world.random, "test");
            new VerificationRun(archive, new ParallelWork(Runnable::run, 1), seams, (done, total) -> {})
                    .verify(VerificationLevel.CONTENT, PackChoice.ALL, ids -> ids);
        }
    }

    private String backup(int transactions) {
        for (int i = 0; i < transactions; i++) {
            world.setRandom();
        }
        world.time.advance(Duration.ofMinutes(1));
        BackupReport report = world.backup();
        states.put(report.backupId(), world.expectedAt(report.backupTimestamp()));
        return report.backupId();
    }

    private void rotate() {
        try (CoordinatorProcess process = world.coordinator()) {
            process.coordinator.upkeep().rotateKey(World.NAMESPACE, OperationListener.NONE);
        }
    }

    private void expire(String backupId) {
        try (CoordinatorProcess process = world.coordinator()) {
            process.coordinator
                    .upkeep()
                    .expire(World.NAMESPACE, RetentionPolicy.DEFAULT, List.of(backupId), OperationListener.NONE);
        }
    }

    private void collect() {
        try (CoordinatorProcess process = world.coordinator()) {
            process.coordinator.upkeep().collectGarbage(World.NAMESPACE, GARBAGE, OperationListener.NONE);
        }
    }

    private void rewriteInventory(NamespaceArchive archive, String backupId) {
        List<FileListRef> lists = lists(archive.manifests().read(backupId));
        archive.inventoryWriter().write(backupId, lists, archive.loadIndexForWriting(), world.time.instant());
    }

    private void hold(NamespaceArchive archive, String backupId, String holdId) {
        new Holds(archive)
                .place(new BackupHold(holdId, backupId, "audit", "me", world.time.instant(), BackupHold.FOREVER));
    }

    private static ObjectId packOf(NamespaceArchive archive, String backupId) {
        List<ObjectId> packs = new ArrayList<>();
        Inventory inventory = archive.inventories().find(backupId).orElseThrow();
        archive.inventories().forEachPack(inventory, pack -> packs.add(pack.pack()));
        return packs.get(0);
    }

    private static List<FileListRef> lists(Manifest manifest) {
        return manifest.stores().stream()
                .flatMap(store -> store.nodes().stream())
                .map(node -> node.fileList())
                .toList();
    }

    /** What backups name; of an object that is not among it nobody needs to notice anything. */
    private Set<String> findNeeded() {
        Set<String> names = new HashSet<>();
        for (String namespace : List.of(World.NAMESPACE, OTHER)) {
            NamespaceArchive archive = world.archive.namespace(namespace);
            for (String id : archive.manifests().backupIds()) {
                lists(archive.manifests().read(id)).forEach(list -> list.parts()
                        .forEach(part -> names.add(
                                archive.layout().fileList(part.object()).value())));
                Inventory inventory = archive.inventories().find(id).orElseThrow();
                names.add(archive.inventories().key(id, inventory.generation()).value());
                inventory
                        .parts()
                        .forEach(part -> names.add(
                                archive.inventories().partKey(part.object()).value()));
                archive.inventories()
                        .forEachPack(
                                inventory,
                                pack -> names.add(
                                        archive.layout().pack(pack.pack()).value()));
            }
        }
        return names;
    }

    /** Returns all objects by name. */
    NavigableMap<String, byte[]> objects() {
        return objects;
    }

    /** Returns what was under names before, and is not any more. */
    NavigableMap<String, List<byte[]>> earlier() {
        NavigableMap<String, List<byte[]>> earlier = new TreeMap<>();
        written.forEach((key, contents) -> {
            List<byte[]> others = contents.stream()
                    .filter(content -> !Arrays.equals(content, objects.get(key)))
                    .toList();
            if (!others.isEmpty()) {
                earlier.put(key, others);
            }
        });
        return earlier;
    }

    /** Tells whether anything that was promised to be found out depends on the object. */
    boolean isNeeded(String key) {
        return switch (ArchiveKind.of(key)) {
            case PACK, FILE_LIST, PACK_LIST, INVENTORY -> needed.contains(key);
            case JOURNAL, LOCK -> !key.startsWith("ns/" + SHREDDED + "/");
            default -> true;
        };
    }

    @Override
    public void close() {
        world.close();
    }
}
