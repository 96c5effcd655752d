package dev.tidemark.coordinator.garbage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GarbageCollectionTest {
    private static final Duration DAY = Duration.ofHours(25);

    private final GarbageSite site = new GarbageSite();

    @Test
    void collect_afterAnExpiry_removesInTwoPhasesWhatNothingNeeds() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 2, 3);
        Set<String> before = names();
        site.expire("b-1");

        GarbageReport first = site.collect();
        Set<String> between = names();
        GarbageReport tooEarly = site.collect();
        site.time.advance(DAY);
        GarbageReport second = site.collect();

        assertThat(first.condemnedObjects())
                .as("file list, inventory and its part")
                .isEqualTo(3);
        assertThat(first.removedObjects()).isZero();
        assertThat(between).containsAll(packs(before));
        assertThat(tooEarly.condemnedObjects() + tooEarly.removedObjects()).isZero();
        assertThat(second.removedObjects()).isEqualTo(first.condemnedObjects());
        assertThat(site.count("garbage/")).isZero();
        site.assertHolds("b-2", 2, 3);
        assertThat(site.verify().isGood()).isTrue();
        assertThat(site.verify().remarks()).isEmpty();
    }

    private Set<String> names() {
        return site.list().stream().map(info -> info.key().value()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> packs(Set<String> names) {
        return names.stream().filter(name -> name.contains("/packs/")).collect(Collectors.toSet());
    }

    @Test
    void collect_packThatNothingNeeds_isTakenOutOfTheIndexBeforeItGoes() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        site.expire("b-1");
        site.collect();
        site.time.advance(DAY);
        boolean[] wasIndexed = new boolean[1];
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.DELETE && key.contains("/packs/") && isDone) {
                wasIndexed[0] |= !site.verify().remarks().isEmpty();
            }
        });

        GarbageReport report = site.collect();

        assertThat(report.removedObjects()).isPositive();
        assertThat(site.count("packs/")).isEqualTo(1);
        assertThat(wasIndexed[0]).isFalse();
    }

    /** What is condemned can go at any moment: a backup that has the same content stores it again. */
    @Test
    void backup_contentInACondemnedPack_isStoredAgain() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        site.expire("b-1");
        site.collect();

        site.backup("b-3", 1, 2);
        site.time.advance(DAY);
        site.collect();

        site.assertHolds("b-3", 1, 2);
        assertThat(site.verify().isGood()).isTrue();
        assertThat(site.count("packs/")).isEqualTo(2);
    }

    /**
     * A12, A16, G3: the collector is stopped before each removal, loses its lock, and wakes up when another process has ended its
     * operation and a backup of the same content was taken.
     */
    @Test
    void collect_stoppedBeforeEachRemoval_removesNothingThatALaterBackupNeeds() {
        int removals = 0;
        while (isStoppedAndSafe(removals + 1)) {
            removals++;
        }

        assertThat(removals).isEqualTo(4);
    }

    /** Returns whether there was a removal with this number. */
    private static boolean isStoppedAndSafe(int number) {
        GarbageSite site = new GarbageSite();
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        site.expire("b-1");
        site.collect();
        site.time.advance(DAY);
        int[] seen = new int[1];
        GarbageSite.Process process = site.process();
        site.objects.observe((operation, key, isDone) -> {
            boolean isRemoval = operation == Operation.DELETE
                    && !isDone
                    && (key.contains("/packs/") || key.contains("lists/") || key.contains("/inventories/"));
            if (isRemoval && ++seen[0] == number) {
                process.die();
                cancel(site);
                site.backup("b-3", 1, 2);
            }
        });
        try (GarbageOperation operation = process.collection()) {
            operation.run(GarbageSite.OPTIONS, process.operations, OperationListener.NONE);
            process.die();
            return false;
        } catch (TidemarkException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.FENCED_OUT);
        }
        site.objects.observe((operation, key, isDone) -> {});
        site.assertHolds("b-3", 1, 2);
        assertThat(site.verify().isGood()).as("stopped at %d", number).isTrue();
        site.time.advance(DAY);
        site.collect();
        site.assertHolds("b-3", 1, 2);
        return true;
    }

    /** A list that a process writes after it has lost its lock may name what a backup needs by then: it comes off the list. */
    @Test
    void collect_listWrittenTooLate_removesNothingThatIsNeeded() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        site.expire("b-1");
        GarbageSite.Process process = site.process();
        boolean[] isStopped = new boolean[1];
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && key.contains("/garbage/") && !isDone && !isStopped[0]) {
                isStopped[0] = true;
                process.die();
                cancel(site);
                site.backup("b-3", 1, 2);
            }
        });
        try (GarbageOperation operation = process.collection()) {
            assertThatThrownBy(() -> operation.run(GarbageSite.OPTIONS, process.operations, OperationListener.NONE))
                    .isInstanceOf(TidemarkException.class);
        }
        assertThat(site.count("garbage/")).isEqualTo(1);

        site.time.advance(DAY);
        GarbageReport report = site.collect();

        assertThat(report.rescuedObjects()).isPositive();
        site.assertHolds("b-3", 1, 2);
        assertThat(site.verify().isGood()).isTrue();
        assertThat(site.count("garbage/")).isEqualTo(report.condemnedObjects() > 0 ? 1 : 0);
    }

    /** A11, A12, A13: killed before and after every change, then resumed. */
    @Test
    void collect_killedAtEveryChange_isResumedAndLeavesNothing() {
        int changes = Integer.MAX_VALUE;
        for (int kill = 1; kill <= changes; kill++) {
            GarbageSite killed = new GarbageSite();
            killed.backup("b-1", 1, 4);
            killed.backup("b-2", 2, 4);
            killed.expire("b-1");
            int at = kill;
            int[] seen = new int[1];
            killed.objects.observe((operation, key, isDone) -> {
                boolean isChange = operation == Operation.CREATE || operation == Operation.DELETE;
                if (isChange && ++seen[0] == at) {
                    throw new Killed();
                }
            });

            collectAndDie(killed);
            killed.time.advance(DAY);
            collectAndDie(killed);
            killed.objects.observe((operation, key, isDone) -> {});
            killed.time.advance(DAY);
            killed.collect();
            killed.time.advance(DAY);
            killed.collect();

            killed.assertHolds("b-2", 2, 4);
            assertThat(killed.verify().isGood()).as("killed at %d", at).isTrue();
            assertThat(killed.count("packs/")).isEqualTo(2);
            assertThat(killed.count("lists/")).isEqualTo(1);
            assertThat(killed.count("inventories/")).isEqualTo(1);
            assertThat(killed.count("garbage/")).isZero();
            if (seen[0] < at) {
                changes = at;
            }
        }
        assertThat(changes).isBetween(20, 1_000);
    }

    private static void collectAndDie(GarbageSite site) {
        GarbageSite.Process process = site.process();
        try (GarbageOperation operation = process.collection()) {
            operation.run(GarbageSite.OPTIONS, process.operations, OperationListener.NONE);
        } catch (Killed e) {
            // Its lock runs out.
        }
        process.die();
    }

    /** B18: what an unfinished restore reads must not go. */
    @Test
    void collect_anotherOperationIsUnfinished_isRefused() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        GarbageSite.Process process = site.process();
        site.objects.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && key.contains("/removals/") && !isDone) {
                throw new Killed();
            }
        });
        assertThatThrownBy(() -> site.expire("b-1")).isInstanceOf(Killed.class);
        process.die();
        site.objects.observe((operation, key, isDone) -> {});

        assertThatThrownBy(site::collect).isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.OPERATION_IN_PROGRESS));
    }

    /** Nothing goes as long as it can't be known what a backup needs. */
    @Test
    void collect_inventoryAndListUnreadable_isRefused() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        damage("inventories/b-1/");
        site.archive.forEachKey("lists/", key -> site.objects.damage(key, GarbageCollectionTest::flipped));

        assertThatThrownBy(site::collect).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW);
            assertThat(e.getMessage()).contains("b-1");
        });
    }

    @Test
    void collect_inventoryDamaged_goesByTheFileLists() {
        site.backup("b-1", 1, 2);
        site.backup("b-2", 2);
        damage("inventories/b-1/");

        site.collect();
        site.time.advance(DAY);
        site.collect();

        site.assertHolds("b-1", 1, 2);
        site.assertHolds("b-2", 2);
    }

    @Test
    void collect_manifestDamaged_keepsWhatItsInventoryNamesAndAllLists() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        ObjectKey manifest = site.archive.layout().manifest("b-1");
        byte[] original = site.objects.read(manifest);
        site.objects.damage(manifest, GarbageCollectionTest::flipped);

        site.collect();
        site.time.advance(DAY);
        site.collect();
        site.objects.damage(manifest, content -> original);

        site.assertHolds("b-1", 1);
        assertThat(site.verify().isGood()).isTrue();
    }

    @Test
    void collect_mostlyDeadPack_movesWhatIsNeeded() {
        site.backup("b-1", 1, 2, 3, 4, 5, 6, 7, 8);
        site.backup("b-2", 8, 9);
        site.expire("b-1");
        GarbageOptions options = new GarbageOptions(Duration.ofHours(24), 0.3, 1 << 20);

        GarbageReport first = site.collect(options);
        site.time.advance(DAY);
        GarbageReport second = site.collect(options);

        assertThat(first.repackedPacks()).isEqualTo(1);
        assertThat(first.repackedBytes()).isEqualTo(5_000);
        assertThat(second.repackedPacks()).isZero();
        site.assertHolds("b-2", 8, 9);
        assertThat(site.verify().isGood()).isTrue();
        long bytes = site.list().stream()
                .filter(info -> info.key().value().contains("/packs/"))
                .mapToLong(ObjectInfo::sizeBytes)
                .sum();
        assertThat(bytes).isBetween(10_000L, 12_000L);
    }

    /** Under the new key its chunks would get other ids than those that the backup names. */
    @Test
    void collect_mostlyDeadPackOfAnEarlierDataKey_isLeftAlone() {
        site.backup("b-1", 1, 2, 3, 4, 5, 6, 7, 8);
        site.backup("b-2", 8, 9);
        site.expire("b-1");
        site.rotateKey();
        site.backup("b-3", 9, 10);
        GarbageOptions options = new GarbageOptions(Duration.ofHours(24), 0.3, 1 << 20);

        assertThat(site.collect(options).repackedPacks()).isZero();
        site.time.advance(DAY);
        site.collect(options);

        site.assertHolds("b-2", 8, 9);
        site.assertHolds("b-3", 9, 10);
        assertThat(site.verify().isGood()).isTrue();
    }

    @Test
    void collect_mostlyDeadPackAboveTheLimit_isLeftAlone() {
        site.backup("b-1", 1, 2, 3, 4, 5, 6, 7, 8);
        site.backup("b-2", 8, 9);
        site.expire("b-1");

        GarbageReport report = site.collect(new GarbageOptions(Duration.ofHours(24), 0.3, 4_000));

        assertThat(report.repackedPacks()).isZero();
        assertThat(site.verify().isGood()).isTrue();
    }

    @Test
    void explain_packs_namesWhoNeedsThemAndWhoCondemnedThem() {
        site.backup("b-1", 1);
        String only = packs(names()).iterator().next();
        site.backup("b-2", 2);
        Explainer explainer = new Explainer(site.archive);
        Explanation needed = explainer.explain(only);

        site.expire("b-1");
        GarbageReport report = site.collect();
        Explanation condemned = explainer.explain(only.substring(only.lastIndexOf('/') + 1));

        assertThat(needed.neededBy()).containsExactly("b-1");
        assertThat(needed.condemnedBy()).isEmpty();
        assertThat(condemned.object()).isEqualTo(only);
        assertThat(condemned.neededBy()).isEmpty();
        assertThat(condemned.condemnedBy()).isEqualTo(report.operationId());
        assertThatThrownBy(() -> explainer.explain("../x"))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
    }

    @Test
    void plan_always_countsWithoutChangingAnything() {
        site.backup("b-1", 1);
        site.backup("b-2", 2);
        site.expire("b-1");
        Set<String> before = names();

        GarbagePlan plan = new GarbagePlanner(site.archive).plan(Duration.ofHours(24), site.time.instant());

        assertThat(names()).isEqualTo(before);
        GarbageReport report = site.collect();
        assertThat(plan.newObjects()).isEqualTo(report.condemnedObjects());
        assertThat(plan.newBytes()).isEqualTo(report.condemnedBytes());
        GarbagePlan waiting = new GarbagePlanner(site.archive).plan(Duration.ofHours(24), site.time.instant());
        assertThat(waiting.waitingObjects()).isEqualTo(report.condemnedObjects());
        site.time.advance(DAY);
        GarbagePlan due = new GarbagePlanner(site.archive).plan(Duration.ofHours(24), site.time.instant());
        assertThat(due.dueBytes()).isEqualTo(report.condemnedBytes());
        assertThat(due.neededObjects()).isEqualTo(plan.neededObjects());
    }

    private void damage(String prefix) {
        List<ObjectKey> keys = site.archive.listKeys(prefix, 10);
        assertThat(keys).isNotEmpty();
        keys.forEach(key -> site.objects.damage(key, GarbageCollectionTest::flipped));
    }

    private static byte[] flipped(byte[] content) {
        byte[] changed = content.clone();
        changed[changed.length / 2] ^= 1;
        return changed;
    }

    private static void cancel(GarbageSite site) {
        GarbageSite.Process other = site.process();
        try (GarbageOperation operation = other.collection()) {
            OperationSummary unfinished = other.operations.unfinished();
            operation.cancel(unfinished.operationId(), other.operations, OperationListener.NONE);
        }
        other.die();
    }

    /** The end of a process: no handler of the engine sees it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
