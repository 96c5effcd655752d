package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.catalog.TimeIndex;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.TimestampException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The time index in manifests: what a backup takes with it, and what is left of it after the loss of everything else. */
class BackupTimeIndexTest {
    @Test
    void backup_first_takesAllPointsOfTheOracleAndItsOwn() {
        try (World world = new World(80, 1)) {
            List<Commit> commits = commitEverySecond(world, 5);
            List<IssuedPoint> issued = world.oracle().timeIndex();

            Manifest manifest = manifest(world, world.backup());

            assertThat(commits).hasSize(5);
            assertThat(issued).hasSize(5);
            List<TimePoint> expected = new ArrayList<>(toTimePoints(issued));
            expected.add(new TimePoint(manifest.timeAtBackupTimestamp(), manifest.backupTimestamp()));
            assertThat(manifest.timeIndex()).isEqualTo(expected);
        }
    }

    @Test
    void backup_later_takesThePointsSinceItsParent() {
        try (World world = new World(81, 1)) {
            commitEverySecond(world, 3);
            BackupReport first = world.backup();
            commitEverySecond(world, 4);

            Manifest manifest = manifest(world, world.backup());

            assertThat(manifest.timeIndex())
                    .hasSizeBetween(5, 6)
                    .allMatch(point -> point.timestamp() > first.backupTimestamp());
            assertThat(lastOf(manifest).timestamp()).isEqualTo(manifest.backupTimestamp());
            List<IssuedPoint> all = world.oracle().timeIndex();
            assertThat(TimeIndex.ofArchive(world.archive.namespace(World.NAMESPACE))
                            .points())
                    .as("together they know all that the oracle knew")
                    .containsAll(toTimePoints(all.stream()
                            .filter(point -> point.timestamp() < manifest.backupTimestamp())
                            .toList()));
        }
    }

    @Test
    void timeIndex_afterLossOfEverything_leadsToTheStateBetweenTwoBackups() {
        try (World world = new World(82, 3)) {
            commitEverySecond(world, 3);
            BackupReport first = world.backup();
            List<Commit> between = commitEverySecond(world, 10);
            BackupReport second = world.backup();
            world.loseEverything();

            TimeIndex index = TimeIndex.ofArchive(world.archive.namespace(World.NAMESPACE));

            for (int i = 0; i < between.size() - 1; i++) {
                // Each commit is followed by a second of silence; asked for is its very end.
                Instant asked = between.get(i).instant.plusSeconds(1);
                long found = index.atOrBefore(asked).timestamp();
                assertThat(found)
                        .isBetween(between.get(i).timestamp, between.get(i + 1).timestamp - 1)
                        .isBetween(first.backupTimestamp(), second.backupTimestamp());
                assertThat(world.expectedAt(found)).isEqualTo(world.expectedAt(between.get(i).timestamp));
            }
        }
    }

    @Test
    void timeIndex_restoredAndBackedUpAgain_risesInBoth() {
        try (World world = new World(83, 1)) {
            commitEverySecond(world, 3);
            BackupReport first = world.backup();
            world.loseEverything();
            world.restore(first.backupId());
            world.startClient();
            List<Commit> afterwards = commitEverySecond(world, 3);
            world.backup();

            TimeIndex index = TimeIndex.ofArchive(world.archive.namespace(World.NAMESPACE));

            assertThat(index.atOrBefore(afterwards.get(1).instant.plusSeconds(1))
                            .timestamp())
                    .isBetween(afterwards.get(1).timestamp, afterwards.get(2).timestamp - 1);
            assertThat(index.timeOf(first.backupTimestamp()).orElseThrow())
                    .isBeforeOrEqualTo(afterwards.get(0).instant);
        }
    }

    @Test
    void backup_oracleCannotAnswerItsTimeIndex_succeedsWithItsOwnPointAndSaysSo() {
        try (World world = new World(84, 1)) {
            commitEverySecond(world, 3);
            List<String> notes = new ArrayList<>();

            Manifest manifest = manifest(world, backup(world, withoutTimeIndex(world), Duration.ZERO, notes));

            assertThat(manifest.timeIndex())
                    .containsExactly(new TimePoint(manifest.timeAtBackupTimestamp(), manifest.backupTimestamp()));
            assertThat(notes).anyMatch(note -> note.contains("time index") && note.contains("planned"));
            commitEverySecond(world, 1);
            assertThat(manifest(world, world.backup()).timeIndex()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void backup_oracleHasMorePointsThanAManifestTakes_thinsThemEvenly() {
        try (World world = new World(89, 1)) {
            long ahead = 1_000_000;
            world.oracle().fastForward(ahead);
            TimestampClient oracle = withPoints(world, 150_000);
            Manifest first = manifest(world, backup(world, oracle, Duration.ZERO, new ArrayList<>()));
            damage(world, first.backupId());
            world.oracle().fastForward(2 * ahead);
            Manifest second = manifest(world, backup(world, oracle, Duration.ZERO, new ArrayList<>()));

            for (Manifest manifest : List.of(first, second)) {
                List<TimePoint> points = manifest.timeIndex();
                assertThat(points).hasSizeBetween(10_000, 20_000);
                assertThat(lastOf(manifest).timestamp()).isEqualTo(manifest.backupTimestamp());
                assertThat(points.get(0).timestamp()).isLessThan(200);
                for (int i = 1; i < points.size() - 1; i++) {
                    assertThat(points.get(i).timestamp() - points.get(i - 1).timestamp())
                            .isBetween(1L, 20L);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, -2, 2, 3600})
    void backup_coordinatorClockIsWrong_contradictsNoPointOfTheOracle(long offsetSeconds) {
        try (World world = new World(85, 1)) {
            List<Commit> commits = new ArrayList<>(commitEverySecond(world, 5));
            Duration offset = Duration.ofSeconds(offsetSeconds);
            backup(world, world.oracleClient(), offset, new ArrayList<>());
            commits.addAll(commitEverySecond(world, 5));
            Manifest second = manifest(world, backup(world, world.oracleClient(), offset, new ArrayList<>()));

            TimeIndex index = TimeIndex.ofArchive(world.archive.namespace(World.NAMESPACE));

            for (int i = 0; i < commits.size() - 1; i++) {
                assertThat(index.atOrBefore(commits.get(i).instant.plusSeconds(1))
                                .timestamp())
                        .isBetween(commits.get(i).timestamp, commits.get(i + 1).timestamp - 1);
            }
            assertThat(lastOf(second).timestamp()).isEqualTo(second.backupTimestamp());
        }
    }

    @Test
    void backup_parentIsDamaged_takesItsPointsAgain() {
        try (World world = new World(86, 1)) {
            commitEverySecond(world, 3);
            Manifest damaged = manifest(world, world.backup());
            damage(world, damaged.backupId());
            commitEverySecond(world, 3);

            Manifest manifest = manifest(world, world.backup());

            assertThat(timestamps(manifest)).containsAll(timestampsBelowB(damaged));
            assertThat(timestamps(manifest))
                    .hasSizeGreaterThan(timestamps(damaged).size());
        }
    }

    @Test
    void backup_oneInTheMiddleIsDamagedOrGone_takesItsPointsAgain() {
        for (boolean isGone : new boolean[] {true, false}) {
            try (World world = new World(87, 1)) {
                commitEverySecond(world, 2);
                world.backup();
                commitEverySecond(world, 2);
                Manifest lost = manifest(world, world.backup());
                commitEverySecond(world, 2);
                world.backup();
                if (isGone) {
                    world.objects.delete(key(lost.backupId()));
                } else {
                    damage(world, lost.backupId());
                }
                commitEverySecond(world, 2);

                Manifest manifest = manifest(world, world.backup());

                assertThat(timestamps(manifest)).as("gone: " + isGone).containsAll(timestampsBelowB(lost));
            }
        }
    }

    @Test
    void backup_theOldestWasRemoved_takesOnlyWhatIsNew() {
        try (World world = new World(88, 1)) {
            commitEverySecond(world, 2);
            Manifest oldest = manifest(world, world.backup());
            commitEverySecond(world, 2);
            Manifest parent = manifest(world, world.backup());
            world.objects.delete(key(oldest.backupId()));
            commitEverySecond(world, 2);

            Manifest manifest = manifest(world, world.backup());

            assertThat(manifest.timeIndex()).allMatch(point -> point.timestamp() > parent.backupTimestamp());
        }
    }

    /** Returns commits with the times at which they were made; each is followed by a second of silence, and a little. */
    private static List<Commit> commitEverySecond(World world, int count) {
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long timestamp = world.set("item", "value-" + world.random.nextInt(1_000_000));
            commits.add(new Commit(timestamp, world.time.instant()));
            world.time.advance(Duration.ofMillis(1_001));
        }
        return commits;
    }

    private static BackupReport backup(World world, TimestampClient oracle, Duration offset, List<String> notes) {
        try (PeriodicTasks tasks = world.time.process()) {
            Coordinator coordinator = new Coordinator(
                    world.archive,
                    oracle,
                    Map.of(World.NAMESPACE, Map.of("main", world.store)),
                    new EngineOptions(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofMillis(200), 2),
                    new EngineSeams(
                            () -> world.time.instant().plus(offset),
                            world.time,
                            world.time,
                            tasks,
                            Runnable::run,
                            world.random,
                            "test"));
            return coordinator.backup(BackupRequest.of(World.NAMESPACE), new OperationListener() {
                @Override
                public void note(String operationId, String message) {
                    notes.add(message);
                }
            });
        }
    }

    private static TimestampClient withoutTimeIndex(World world) {
        return withTimeIndex(TimestampClient.class, world.oracleClient(), arguments -> {
            throw new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "planned failure", "Wait.");
        });
    }

    /** Returns an oracle that has recorded each timestamp from 1 on, one in each second until a moment ago. */
    private static TimestampClient withPoints(World world, int count) {
        Instant start = world.time.instant().minusSeconds(count);
        return withTimeIndex(TimestampClient.class, world.oracleClient(), arguments -> {
            long first = (long) arguments[0] + 1;
            long last = Math.min(count, (long) arguments[0] + (int) arguments[1]);
            return LongStream.rangeClosed(first, last)
                    .mapToObj(timestamp -> new IssuedPoint(start.plusSeconds(timestamp), timestamp))
                    .toList();
        });
    }

    /** Passes every call on, with oracles that are proxies themselves and have another answer when asked for points. */
    private static <T> T withTimeIndex(Class<T> type, T delegate, Function<Object[], List<IssuedPoint>> answer) {
        return type.cast(Proxy.newProxyInstance(
                BackupTimeIndexTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("timeIndex")) {
                        return answer.apply(arguments);
                    }
                    try {
                        Object result = method.invoke(delegate, arguments);
                        return result instanceof NamespaceOracle oracle
                                ? withTimeIndex(NamespaceOracle.class, oracle, answer)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static Manifest manifest(World world, BackupReport backup) {
        return world.archive.namespace(World.NAMESPACE).manifests().read(backup.backupId());
    }

    private static TimePoint lastOf(Manifest manifest) {
        return manifest.timeIndex().get(manifest.timeIndex().size() - 1);
    }

    private static Set<Long> timestamps(Manifest manifest) {
        return manifest.timeIndex().stream().map(TimePoint::timestamp).collect(Collectors.toSet());
    }

    private static Set<Long> timestampsBelowB(Manifest manifest) {
        Set<Long> timestamps = timestamps(manifest);
        timestamps.remove(manifest.backupTimestamp());
        assertThat(timestamps).isNotEmpty();
        return timestamps;
    }

    private static List<TimePoint> toTimePoints(List<IssuedPoint> points) {
        return points.stream()
                .map(point -> new TimePoint(point.instant(), point.timestamp()))
                .toList();
    }

    private static ObjectKey key(String backupId) {
        return new ObjectKey("ns/" + World.NAMESPACE + "/manifests/" + backupId);
    }

    private static void damage(World world, String backupId) {
        world.objects.damage(key(backupId), content -> {
            content[300] ^= 16;
            return content;
        });
    }

    private record Commit(long timestamp, Instant instant) {}
}
