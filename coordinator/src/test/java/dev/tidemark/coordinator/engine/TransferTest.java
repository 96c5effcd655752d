package dev.tidemark.coordinator.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveHeader;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.manifest.BackupOrigin;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.coordinator.copy.CopyCandidate;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.exchange.ExportSource;
import dev.tidemark.coordinator.exchange.Exports;
import dev.tidemark.coordinator.exchange.TrustedKeys;
import dev.tidemark.coordinator.objectlock.LockingObjectStore;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Journal;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.retention.Holds;
import dev.tidemark.coordinator.transfer.TransferReport;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.Damage;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports and copies over archives in memory: whole, repeated, refused, and killed at every write. */
@Execution(ExecutionMode.CONCURRENT)
class TransferTest {
    private static final String NAMESPACE = Exports.NAMESPACE;

    private final Exports exports = new Exports();
    private final InMemoryObjectStore sourceObjects = new InMemoryObjectStore();
    private final InMemoryObjectStore targetObjects = new InMemoryObjectStore();
    private final Archive source = exports.archive(sourceObjects, 1);
    private final Archive target = exports.archive(targetObjects, 2);
    private final Manifest original = SampleArchive.backup(source.createNamespace(NAMESPACE), "b-1", contents());

    @Test
    void import_ofAnExport_verifiesAndRestoresAndSaysWhereItIsFrom() {
        TransferReport report = exports.importInto(target, Exports.export(source, "b-1"));

        assertIsThere("b-1");
        Manifest manifest = target.namespace(NAMESPACE).manifests().read("b-1");
        assertThat(manifest.archiveId()).isEqualTo(target.id());
        assertThat(manifest.cut()).isEqualTo(original.cut());
        assertThat(manifest.backupTimestamp()).isEqualTo(original.backupTimestamp());
        assertThat(manifest.fastForwardTimestamp()).isEqualTo(original.fastForwardTimestamp());
        assertThat(manifest.timeIndex()).isEqualTo(original.timeIndex());
        assertThat(manifest.labels()).isEqualTo(original.labels());
        assertThat(manifest.createdAt()).isEqualTo(original.createdAt());
        BackupOrigin origin = manifest.origins().get(0);
        assertThat(manifest.origins()).hasSize(1);
        assertThat(origin.archiveId()).isEqualTo(source.id());
        assertThat(origin.backupId()).isEqualTo("b-1");
        assertThat(report.isThereAlready()).isFalse();
        assertThat(report.files()).isEqualTo(contents().size());
    }

    /** What is taken over is locked as a backup is, whatever had it before. */
    @Test
    void import_storeThatLocks_locksAllThatItNeeds() {
        SampleArchive.backup(target.createNamespace(NAMESPACE), "own", contents());
        LockingObjectStore locking = new LockingObjectStore(targetObjects, exports.time, Duration.ofHours(2), true);
        Archive locked = Archive.open(locking, SampleArchive.key(), SampleArchive.seams(3));
        Instant begin = exports.time.instant().truncatedTo(ChronoUnit.SECONDS);

        exports.transfers(locked, source)
                .importBackup(NAMESPACE, Exports.open(Exports.export(source, "b-1")), "again", OperationListener.NONE);

        NamespaceArchive archive = locked.namespace(NAMESPACE);
        List<ObjectKey> needed = new ArrayList<>(
                List.of(archive.layout().manifest("again"), archive.layout().manifestCopy("again"), ArchiveHeader.KEY));
        archive.inventories()
                .forEachPack(
                        archive.inventories().find("again").orElseThrow(),
                        pack -> needed.add(archive.layout().pack(pack.pack())));
        assertThat(needed).hasSizeGreaterThan(3).allSatisfy(key -> assertThat(locking.end(key))
                .isAfterOrEqualTo(begin.plus(Duration.ofHours(2))));
    }

    @Test
    void import_twice_changesNothing() {
        byte[] export = Exports.export(source, "b-1");
        exports.importInto(target, export);
        List<String> objects = keys();

        TransferReport second = exports.importInto(target, export);

        assertThat(second.isThereAlready()).isTrue();
        assertThat(second.backupId()).isEqualTo("b-1");
        assertThat(keys()).isEqualTo(objects);
    }

    @Test
    void import_backIntoItsOwnArchive_changesNothing() {
        byte[] export = Exports.export(source, "b-1");
        exports.importInto(target, export);

        assertThat(exports.importInto(source, export).isThereAlready()).isTrue();
        assertThat(exports.importInto(source, Exports.export(target, "b-1")).isThereAlready())
                .isTrue();
    }

    @Test
    void import_asAnotherId_hasThatId() {
        TransferReport report = exports.transfers(target, source)
                .importBackup(NAMESPACE, Exports.open(Exports.export(source, "b-1")), "moved", OperationListener.NONE);

        assertThat(report.backupId()).isEqualTo("moved");
        assertIsThere("moved");
    }

    /** Its removal is forgotten: when its manifest is lost later, that is noticed, and it comes back from its copy. */
    @Test
    void import_ofABackupThatWasRemoved_countsAsThereAgain() {
        byte[] export = Exports.export(source, "b-1");
        exports.importInto(target, export);
        NamespaceArchive there = target.namespace(NAMESPACE);
        new KeptTimes(there).keep("b-1", List.of());
        targetObjects.delete(there.layout().manifest("b-1"));
        targetObjects.delete(there.layout().manifestCopy("b-1"));

        exports.importInto(target, export);

        assertThat(new KeptTimes(there).isRemoved("b-1")).isFalse();
        targetObjects.delete(there.layout().manifest("b-1"));
        ArchiveVerifier verifier = new ArchiveVerifier(there, VerificationLevel.CONTENT, (done, total) -> {});
        assertThat(verifier.verify(verifier.backupIds()).problems())
                .extracting(Damage::object)
                .contains(there.layout().manifest("b-1").value());
        assertThat(coordinator()
                        .upkeep()
                        .repair(NAMESPACE, OperationListener.NONE)
                        .repaired())
                .anyMatch(text -> text.contains("came back"));
        assertThat(there.manifests().backupIds()).containsExactly("b-1");
    }

    @Test
    void import_anotherBackupHasTheId_isRefused() {
        SampleArchive.backup(target.createNamespace(NAMESPACE), "b-1", Map.of("other", new byte[1]));

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> exports.importInto(target, Exports.export(source, "b-1")))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_EXISTS));
        assertThat(operations(target.namespace(NAMESPACE)).findUnfinished()).isEmpty();
    }

    /** H2 to H4: what is found out only at the end must not have left a backup. */
    @Test
    void import_damagedAtItsVeryEnd_leavesNoBackupAndCanBeRepeated() {
        byte[] export = Exports.export(source, "b-1");
        byte[] damaged = export.clone();
        damaged[damaged.length - 1024 - 300] ^= 1;

        assertThatExceptionOfType(CoordinatorException.class).isThrownBy(() -> exports.importInto(target, damaged));

        assertThat(new Catalog(target.namespace(NAMESPACE)).backups()).isEmpty();
        assertThat(lastOutcome()).isEqualTo(OperationSummary.Outcome.FAILED);
        assertThat(exports.importInto(target, export).backupId()).isEqualTo("b-1");
        assertIsThere("b-1");
    }

    /** A process that dies at any write leaves what the next one completes, and never half a backup. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void import_killedAtEachWrite_isCompletedByTheNext(int first) {
        byte[] export = Exports.export(source, "b-1");
        boolean hasDied = true;
        for (int moment = first; hasDied; moment += 8) {
            String namespace = "killed-" + moment;
            target.createNamespace(namespace);
            hasDied = killedAt(
                    moment,
                    namespace,
                    transfers -> transfers.importBackup(namespace, Exports.open(export), "", OperationListener.NONE));
            assertThat(hasDied || moment > 30).isTrue();
        }
    }

    /** As above, at some of the writes: before the chunks, between them, before and after the manifest. */
    @ParameterizedTest
    @ValueSource(ints = {2, 9, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25})
    void copy_killedAtAWrite_isCompletedByTheNext(int moment) {
        target.createNamespace(NAMESPACE);

        boolean hasDied = killedAt(
                moment, NAMESPACE, transfers -> transfers.copy(NAMESPACE, "main", "b-1", OperationListener.NONE));

        assertThat(hasDied).isTrue();
    }

    /** Returns whether the first attempt died; the second one completes it. */
    private boolean killedAt(int moment, String namespace, Function<Transfers, TransferReport> transfer) {
        AtomicInteger moments = new AtomicInteger();
        targetObjects.observe((operation, key, isDone) -> {
            if (operation == InMemoryObjectStore.Operation.CREATE && moments.getAndIncrement() == moment) {
                throw new Crash("at write " + moment);
            }
        });
        boolean hasDied;
        try {
            hasDied = transfer.apply(exports.transfers(target, source)).isThereAlready();
        } catch (Crash e) {
            hasDied = true;
        }
        targetObjects.observe((operation, key, isDone) -> {});
        TransferReport report = transfer.apply(exports.transfers(target, source));

        NamespaceArchive there = target.namespace(namespace);
        assertThat(report.backupId()).as("killed at %d", moment).isEqualTo("b-1");
        assertThat(SampleArchive.restore(there, "b-1").keySet())
                .isEqualTo(contents().keySet());
        assertGood(there, "b-1");
        assertThat(new Catalog(there).backups()).hasSize(1);
        assertThat(operations(there).findUnfinished()).isEmpty();
        return hasDied;
    }

    @Test
    void import_archiveThatDoesNotAnswer_staysToBeResumed() {
        byte[] export = Exports.export(source, "b-1");
        target.createNamespace(NAMESPACE);
        targetObjects.observe((operation, key, isDone) -> {
            if (operation == InMemoryObjectStore.Operation.CREATE && key.contains("/packs/")) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "not there", "Wait.");
            }
        });

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> exports.importInto(target, export))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE));
        targetObjects.observe((operation, key, isDone) -> {});

        SampleArchive.backup(source.namespace(NAMESPACE), "b-2", Map.of("x", new byte[2]));
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> exports.importInto(target, Exports.export(source, "b-2")))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OPERATION_IN_PROGRESS));
        assertThat(exports.importInto(target, export).isResumed()).isTrue();
        assertIsThere("b-1");
    }

    @Test
    void copy_ofABackup_verifiesAndRestoresWithoutTheSource() {
        TransferReport report =
                exports.transfers(target, source).copy(NAMESPACE, "main", "b-1", OperationListener.NONE);
        source.namespace(NAMESPACE).forEachKey("", sourceObjects::delete);

        assertIsThere("b-1");
        assertThat(report.readBytes()).isEqualTo(report.rawBytes());
    }

    /** G4: what is copied is not removed meanwhile. */
    @Test
    void copy_asLongAsItRuns_holdsTheBackup() {
        Holds holds = new Holds(source.namespace(NAMESPACE));
        List<String> held = new ArrayList<>();
        targetObjects.observe((operation, key, isDone) -> {
            if (key.contains("/packs/")) {
                holds.active(exports.time.instant()).forEach(hold -> held.add(hold.backupId()));
            }
        });

        exports.transfers(target, source).copy(NAMESPACE, "main", "b-1", OperationListener.NONE);

        assertThat(held).isNotEmpty().containsOnly("b-1");
        assertThat(holds.list()).isEmpty();
    }

    /** E14: an archive as of an earlier time, or with credentials that only read. */
    @ParameterizedTest
    @EnumSource(names = {"ARCHIVE_READ_ONLY", "ARCHIVE_ACCESS_DENIED"})
    void copy_ofAnArchiveThatCannotBeWritten_needsNoHold(ErrorCode refusal) {
        sourceObjects.observe((operation, key, isDone) -> {
            if (operation == InMemoryObjectStore.Operation.CREATE
                    || operation == InMemoryObjectStore.Operation.DELETE) {
                throw new CoordinatorException(refusal, "it can only be read", "");
            }
        });

        exports.transfers(target, source).copy(NAMESPACE, "main", "b-1", OperationListener.NONE);

        assertIsThere("b-1");
    }

    @Test
    void copy_ofALaterBackup_readsAndSendsOnlyWhatIsNew() {
        Map<String, byte[]> later = contents();
        later.put("new.sst", SampleArchive.randomBytes(40, 3_000));
        SampleArchive.backup(source.namespace(NAMESPACE), "b-2", later);
        Transfers transfers = exports.transfers(target, source);
        transfers.copy(NAMESPACE, "main", "b-1", OperationListener.NONE);
        AtomicLong packs = new AtomicLong();
        sourceObjects.observe((operation, key, isDone) -> {
            if (operation == InMemoryObjectStore.Operation.READ && !isDone && key.contains("/packs/")) {
                packs.incrementAndGet();
            }
        });

        TransferReport report = transfers.copy(NAMESPACE, "main", "b-2", OperationListener.NONE);

        assertThat(report.readBytes()).isEqualTo(3_000);
        assertThat(report.newRawBytes()).isEqualTo(3_000);
        assertThat(packs).hasValue(1);
        assertThat(SampleArchive.restore(target.namespace(NAMESPACE), "b-2").get("new.sst"))
                .isEqualTo(later.get("new.sst"));
        assertGood(target.namespace(NAMESPACE), "b-2");
    }

    /** E7: what an earlier copy has brought and the target has lost since is sent again, not assumed to be there. */
    @Test
    void copy_targetHasLostAPack_sendsItAgain() {
        SampleArchive.backup(source.namespace(NAMESPACE), "b-2", contents());
        Transfers transfers = exports.transfers(target, source);
        transfers.copy(NAMESPACE, "main", "b-1", OperationListener.NONE);
        target.namespace(NAMESPACE).forEachKey("packs/", targetObjects::delete);

        TransferReport report = transfers.copy(NAMESPACE, "main", "b-2", OperationListener.NONE);

        assertThat(report.readBytes()).isEqualTo(report.rawBytes());
        assertGood(target.namespace(NAMESPACE), "b-2");
    }

    /** E5: damage does not spread. */
    @Test
    void copy_damagedSource_failsAndLeavesNoBackup() {
        source.namespace(NAMESPACE)
                .forEachKey(
                        "packs/",
                        key -> sourceObjects.damage(key, content -> {
                            content[content.length / 2] ^= 1;
                            return content;
                        }));

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(
                        () -> exports.transfers(target, source).copy(NAMESPACE, "main", "b-1", OperationListener.NONE))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_DAMAGED));

        assertThat(target.namespace(NAMESPACE).manifests().backupIds()).isEmpty();
        assertThat(lastOutcome()).isEqualTo(OperationSummary.Outcome.FAILED);
    }

    @Test
    void planner_someAreThere_namesThemAndChangesNothing() {
        SampleArchive.backup(source.namespace(NAMESPACE), "b-2", contents());
        Transfers transfers = exports.transfers(target, source);
        transfers.copy(NAMESPACE, "main", "b-2", OperationListener.NONE);
        List<String> objects = keys();

        List<CopyCandidate> candidates = transfers.planner(NAMESPACE, "main").all();

        assertThat(candidates).extracting(CopyCandidate::backupId).containsExactly("b-1", "b-2");
        assertThat(candidates).extracting(CopyCandidate::isThereAlready).containsExactly(false, true);
        assertThat(keys()).isEqualTo(objects);
    }

    /** E12: what an archive that was away has interrupted goes on, or is given up, by the operation's id alone. */
    @Test
    void resume_importFromAFile_readsItAgain(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("b-1.tar"), Exports.export(source, "b-1"));
        interruptAtPacks(() -> exports.transfers(target, source)
                .importBackup(
                        NAMESPACE,
                        ExportSource.open(
                                Files.newInputStream(file),
                                file.toString(),
                                TrustedKeys.of(source.header().verifyingKey())),
                        "",
                        OperationListener.NONE));
        Coordinator coordinator = coordinator();
        byte[] content = Files.readAllBytes(file);
        Files.delete(file);

        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> coordinator.resume(NAMESPACE, OperationListener.NONE))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW));
        Files.write(file, content);
        OperationSummary resumed = coordinator.resume(NAMESPACE, OperationListener.NONE);

        assertThat(resumed.type()).isEqualTo("import");
        assertThat(resumed.outcome()).isEqualTo(OperationSummary.Outcome.SUCCEEDED);
        assertIsThere("b-1");
    }

    /** E12: as above. */
    @Test
    void resume_copy_readsTheOtherArchive() {
        interruptAtPacks(
                () -> exports.transfers(target, source).copy(NAMESPACE, "main", "b-1", OperationListener.NONE));

        assertThat(coordinator().resume(NAMESPACE, OperationListener.NONE).outcome())
                .isEqualTo(OperationSummary.Outcome.SUCCEEDED);
        assertIsThere("b-1");
    }

    @Test
    void cancel_copy_leavesNoBackupAndTheIdFree() {
        Transfers transfers = exports.transfers(target, source);
        interruptAtPacks(() -> transfers.copy(NAMESPACE, "main", "b-1", OperationListener.NONE));
        Coordinator coordinator = coordinator();
        String operation = coordinator.findUnfinished(NAMESPACE).orElseThrow().operationId();

        coordinator.cancel(NAMESPACE, operation, OperationListener.NONE);

        assertThat(new Catalog(target.namespace(NAMESPACE)).backups()).isEmpty();
        assertThat(transfers
                        .copy(NAMESPACE, "main", "b-1", OperationListener.NONE)
                        .backupId())
                .isEqualTo("b-1");
    }

    private void interruptAtPacks(ThrowingCallable transfer) {
        target.createNamespace(NAMESPACE);
        targetObjects.observe((operation, key, isDone) -> {
            if (operation == InMemoryObjectStore.Operation.CREATE && key.contains("/packs/")) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "not there", "Wait.");
            }
        });
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(transfer)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE));
        targetObjects.observe((operation, key, isDone) -> {});
    }

    /** Returns a coordinator of the target that knows no store and no oracle. */
    private Coordinator coordinator() {
        return new Coordinator(
                target,
                null,
                Map.of(NAMESPACE, Map.of()),
                EngineOptions.DEFAULT,
                new EngineSeams(
                        exports.time,
                        exports.time,
                        exports.time,
                        exports.time.process(),
                        Runnable::run,
                        new Random(3),
                        "test"),
                name -> source);
    }

    /** The newest backup is the one with the latest state, not the one that came last. */
    @Test
    void latest_olderBackupCopiedLast_isTheNewerOne() {
        try (World world = new World(1, 3)) {
            world.setRandom();
            String first = world.backup().backupId();
            world.setRandom();
            String second = world.backup().backupId();
            Map<String, String> expected = world.read();
            Archive offsite = target;
            Transfers transfers = exports.transfers(offsite, world.archive);
            for (String backup : List.of(second, first)) {
                transfers.copy(World.NAMESPACE, "main", backup, OperationListener.NONE);
            }

            Catalog catalog = new Catalog(offsite.namespace(World.NAMESPACE));
            assertThat(catalog.find(Catalog.LATEST).backupId()).isEqualTo(second);
            assertThat(catalog.backups()).extracting(BackupSummary::backupId).containsExactly(second, first);
            assertThat(catalog.list().firstStartOfCommitsAbove(Long.MAX_VALUE))
                    .as("nobody has proven that they are of one sequence")
                    .isEqualTo(1);

            world.loseEverything();
            Coordinator coordinator = coordinator(world, offsite);
            coordinator.restore(new RestoreRequest(World.NAMESPACE, Catalog.LATEST), OperationListener.NONE);
            world.startClient();

            assertThat(world.read()).isEqualTo(expected);
            world.setRandom();
            assertThat(coordinator
                            .backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE)
                            .backupTimestamp())
                    .isGreaterThan(catalog.find(second).fastForwardTimestamp());
        }
    }

    /** A later state at an earlier time can't be of the same sequence: times would lead to wrong timestamps. */
    @Test
    void copy_ofAnotherSequence_isRefused() {
        try (World world = new World(2, 3)) {
            for (int i = 0; i < 60; i++) {
                world.setRandom();
            }
            String backup = world.backup().backupId();
            Manifest other = new Catalog(world.archive.namespace(World.NAMESPACE)).find(backup);
            assertThat(other.timeAtBackupTimestamp()).isBefore(original.timeAtBackupTimestamp());
            assertThat(other.backupTimestamp()).isGreaterThan(original.backupTimestamp());
            SampleArchive.backup(target.createNamespace(World.NAMESPACE), "b-9", contents());

            assertThatExceptionOfType(CoordinatorException.class)
                    .isThrownBy(() -> exports.transfers(target, world.archive)
                            .copy(World.NAMESPACE, "main", backup, OperationListener.NONE))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMESTAMP_OUT_OF_RANGE));
        }
    }

    private static Coordinator coordinator(World world, Archive archive) {
        return new Coordinator(
                archive,
                world.oracleClient(),
                Map.of(World.NAMESPACE, Map.of("main", world.store)),
                EngineOptions.DEFAULT,
                new EngineSeams(
                        world.time, world.time, world.time, world.time.process(), Runnable::run, world.random, "test"));
    }

    private void assertIsThere(String backupId) {
        assertThat(target.namespace(NAMESPACE).manifests().isCopyGood(backupId))
                .as("the manifest has a copy")
                .isTrue();
        Map<String, byte[]> found = SampleArchive.restore(target.namespace(NAMESPACE), backupId);
        assertThat(found.keySet()).isEqualTo(contents().keySet());
        contents().forEach((path, content) -> assertThat(found.get(path)).isEqualTo(content));
        assertGood(target.namespace(NAMESPACE), backupId);
        assertThat(lastOutcome()).isEqualTo(OperationSummary.Outcome.SUCCEEDED);
    }

    private static void assertGood(NamespaceArchive archive, String backupId) {
        VerificationReport report =
                new ArchiveVerifier(archive, VerificationLevel.CONTENT, (done, total) -> {}).verify(List.of(backupId));
        assertThat(report.isGood()).as(report.toString()).isTrue();
    }

    private OperationSummary.Outcome lastOutcome() {
        return new Journal(target.namespace(NAMESPACE), exports.time)
                .list()
                .operations()
                .get(0)
                .outcome();
    }

    private Operations operations(NamespaceArchive archive) {
        return new Operations(
                archive,
                EngineOptions.DEFAULT.lockLease(),
                new EngineSeams(
                        exports.time,
                        exports.time,
                        exports.time,
                        exports.time.process(),
                        Runnable::run,
                        new Random(1),
                        "test"));
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        targetObjects.forEach("", info -> keys.add(info.key().value()));
        return keys;
    }

    private static Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new HashMap<>();
        contents.put("CURRENT", "MANIFEST-000004\n".getBytes(UTF_8));
        contents.put("empty", new byte[0]);
        contents.put("sst/000007.sst", SampleArchive.randomBytes(7, 70_000));
        contents.put("sst/\u00fcber.sst", SampleArchive.randomBytes(8, 512));
        return new TreeMap<>(contents);
    }
}
