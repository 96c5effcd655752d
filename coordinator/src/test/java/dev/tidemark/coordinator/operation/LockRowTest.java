package dev.tidemark.coordinator.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** E8: a lock's row where nothing can be deleted, however long it gets. */
class LockRowTest {
    private final InMemoryObjectStore objects = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(objects, "orders");

    @Test
    void last_rowOfAnyLength_isFoundWithFewLists() {
        int written = 0;
        for (int length : new int[] {1, 2, 99, 100, 101, 199, 1_000, 1_001, 2_047, 5_000}) {
            for (; written < length - 1; written++) {
                objects.create(archive.key(String.format("lock/%010d", written + 1)), ByteBuffer.allocate(0));
            }
            LockRow row = new LockRow(archive);

            assertThat(row.append(entry(length))).as("length %d", length).isTrue();
            written = length;

            int[] lists = {0};
            objects.observe((operation, key, isDone) -> lists[0] += operation == Operation.LIST && isDone ? 1 : 0);
            assertThat(row.last().orElseThrow().sequence()).isEqualTo(length);
            assertThat(lists[0]).as("lists, found before").isEqualTo(1);
            lists[0] = 0;
            assertThat(new LockRow(archive).last().orElseThrow().sequence()).isEqualTo(length);
            assertThat(lists[0]).as("lists, length %d", length).isLessThan(40);
            objects.observe((operation, key, isDone) -> {});
        }
    }

    @Test
    void last_rowWithGaps_isTheGreatest() {
        for (long number : new long[] {7, 500, 501, 70_000, 9_999_999_990L}) {
            for (long near = number; near < Math.min(number + 120, 10_000_000_000L); near++) {
                objects.create(archive.key(String.format("lock/%010d", near)), ByteBuffer.allocate(0));
                if (near == number && number == 500) {
                    break;
                }
            }
            if (number == 500) {
                continue;
            }
            LockRow row = new LockRow(archive);
            long greatest = Math.min(number + 119, 9_999_999_999L);

            archive.store().delete(archive.key(String.format("lock/%010d", greatest)));

            assertThat(row.append(entry(greatest))).as("from %d", number).isTrue();
            assertThat(row.last().orElseThrow().sequence()).isEqualTo(greatest);
        }
    }

    @Test
    void append_numberBelowTheLast_isLostAlsoWhereNothingCanBeDeleted() {
        LockRow row = new LockRow(archive);
        row.append(entry(5));
        denyDeletes();

        assertThat(row.append(entry(3))).isFalse();
        row.removeBefore(5);

        assertThat(row.last().orElseThrow().sequence()).isEqualTo(5);
        assertThat(archive.listKeys("lock/", 10)).hasSize(2);
    }

    @Test
    void removeBefore_denied_isNotTriedAgain() {
        LockRow row = new LockRow(archive);
        for (int number = 1; number <= 9; number++) {
            row.append(entry(number));
        }
        int[] deletes = {0};
        objects.observe((operation, key, isDone) -> {
            if (operation == Operation.DELETE) {
                deletes[0]++;
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "denied", "");
            }
        });

        row.removeBefore(5);
        int once = deletes[0];
        row.removeBefore(6);

        assertThat(deletes[0]).isEqualTo(once).isPositive();
    }

    private void denyDeletes() {
        objects.observe((operation, key, isDone) -> {
            if (operation == Operation.DELETE) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "denied", "");
            }
        });
    }

    private static LockEntry entry(long sequence) {
        return new LockEntry(sequence, LockEntry.Kind.HELD, 1, "op", "backup", "host", SampleArchive.NOW, 15_000);
    }
}
