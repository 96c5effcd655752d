package dev.tidemark.coordinator.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.check.NamespaceCheck.State;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArchiveCheckerTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(store, "orders");

    @BeforeEach
    void backups() {
        SampleArchive.backup(archive, "b-1", Map.of("a", SampleArchive.randomBytes(1, 3_000)));
        SampleArchive.backup(archive, "b-2", Map.of("a", SampleArchive.randomBytes(1, 3_000), "b", new byte[700]));
    }

    @Test
    void check_everythingThere_isRestorable() {
        NamespaceCheck check = check(CheckLevel.CONTENT, Duration.ofDays(1));

        assertThat(check.state()).isEqualTo(State.RESTORABLE);
        assertThat(check.newestGood()).isEqualTo("b-2");
        assertThat(check.stateAt()).isEqualTo(SampleArchive.NOW.plusMillis(10));
        assertThat(check.backups()).extracting(BackupCheck::backupId).containsExactly("b-2", "b-1");
        assertThat(check.backups()).extracting(BackupCheck::objects).containsExactly(3L, 2L);
    }

    @Test
    void check_tooOldOrNothing_isStale() {
        assertThat(check(CheckLevel.EXISTENCE, Duration.ofMinutes(59)).state()).isEqualTo(State.STALE);
        assertThat(checker(CheckLevel.EXISTENCE)
                        .check("unknown", Duration.ZERO, 1)
                        .state())
                .isEqualTo(State.STALE);
    }

    @Test
    void check_nextBackupHasNotCome_isStaleAndSaysSince() {
        Instant due = SampleArchive.NOW.plus(Duration.ofMinutes(45));
        archive.manifests()
                .create(SampleArchive.withNextBackupDue(archive.manifests().read("b-2"), "b-3", due));
        archive.inventoryWriter()
                .write(
                        "b-3",
                        List.of(archive.manifests()
                                .read("b-2")
                                .stores()
                                .get(0)
                                .nodes()
                                .get(0)
                                .fileList()),
                        archive.loadIndex(),
                        SampleArchive.NOW);

        assertThat(check(CheckLevel.CONTENT, Duration.ZERO).state())
                .as("15 minutes after it was due")
                .isEqualTo(State.RESTORABLE);
        NamespaceCheck stale =
                checker(CheckLevel.EXISTENCE, Duration.ofMinutes(14)).check("orders", Duration.ZERO, 100);
        assertThat(stale.state()).isEqualTo(State.STALE);
        assertThat(stale.reason()).isEqualTo("the next backup was due at " + due);
        assertThat(stale.newestGood()).isEqualTo("b-3");
    }

    @Test
    void check_always_writesNothing() {
        List<String> changes = new ArrayList<>();
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE || operation == Operation.DELETE) {
                changes.add(operation + " " + key);
            }
        });

        check(CheckLevel.CONTENT, Duration.ZERO);

        assertThat(changes).isEmpty();
    }

    @Test
    void check_numberOfBackups_looksAtTheNewestAlone() {
        store.damage(key("lists/", 0), content -> new byte[0]);

        assertThat(checker(CheckLevel.EXISTENCE)
                        .check("orders", Duration.ZERO, 2)
                        .state())
                .isEqualTo(State.DAMAGED);
        assertThat(checker(CheckLevel.EXISTENCE)
                        .check("orders", Duration.ZERO, 1)
                        .backups())
                .hasSize(1);
    }

    /** E5, E7: whatever of a backup is gone is found by the names and sizes that were signed. */
    @Test
    void check_anyObjectOfABackupGone_isDamaged() {
        for (String prefix : List.of("packs/", "lists/", "packlists/", "inventories/", "keys/")) {
            for (ObjectKey key : archive.listKeys(prefix, 100)) {
                byte[] content = store.read(key);
                store.delete(key);

                assertThat(check(CheckLevel.EXISTENCE, Duration.ZERO).state())
                        .as("without %s", key)
                        .isEqualTo(State.DAMAGED);

                store.create(key, ByteBuffer.wrap(content));
            }
        }
        assertThat(check(CheckLevel.CONTENT, Duration.ZERO).state()).isEqualTo(State.RESTORABLE);
    }

    /** E5: a byte that is not what was signed is found at level 2, without a secret. */
    @Test
    void check_anyByteOfABackupChanged_isDamaged() {
        for (String prefix : List.of("packs/", "lists/", "packlists/", "inventories/", "manifests/")) {
            for (ObjectKey key : archive.listKeys(prefix, 100)) {
                int length = store.read(key).length;
                for (int i = 0; i < length; i += 41) {
                    int at = i;
                    byte[] original = store.read(key);
                    store.damage(key, content -> {
                        byte[] changed = content.clone();
                        changed[at] ^= 4;
                        return changed;
                    });

                    assertThat(check(CheckLevel.CONTENT, Duration.ZERO).state())
                            .as("%s byte %d", key, i)
                            .isEqualTo(State.DAMAGED);

                    store.damage(key, content -> original);
                }
            }
        }
    }

    private ObjectKey key(String prefix, int number) {
        return archive.listKeys(prefix, 100).get(number);
    }

    private NamespaceCheck check(CheckLevel level, Duration maximumAge) {
        return checker(level).check("orders", maximumAge, 100);
    }

    private ArchiveChecker checker(CheckLevel level) {
        PublicArchive opened =
                Archive.open(store, SampleArchive.key(), SampleArchive.seams(3)).toPublic();
        return new ArchiveChecker(opened, level, SampleArchive.NOW.plus(Duration.ofHours(1)));
    }

    private ArchiveChecker checker(CheckLevel level, Duration grace) {
        PublicArchive opened =
                Archive.open(store, SampleArchive.key(), SampleArchive.seams(3)).toPublic();
        return new ArchiveChecker(opened, level, SampleArchive.NOW.plus(Duration.ofHours(1)), grace);
    }
}
