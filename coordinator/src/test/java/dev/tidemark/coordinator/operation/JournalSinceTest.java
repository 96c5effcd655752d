package dev.tidemark.coordinator.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalSinceTest {
    private final VirtualTime time = new VirtualTime();
    private final Random random = new Random(4);
    private final InMemoryObjectStore objects = new InMemoryObjectStore();
    private final NamespaceArchive archive = Archive.create(
                    objects, ArchiveKey.keyFile(new byte[32]), new ArchiveSeams(time, random, Runnable::run))
            .createNamespace("orders");
    private final Journal journal = new Journal(archive, time);
    private long epoch = 1;

    @Test
    void listSince_aTime_givesWhatBeganThenOrLater() {
        String old = operation("backup");
        operation("gc");
        operation("verify");
        time.advance(Duration.ofHours(1));
        Instant from = time.instant();
        String backup = operation("backup");
        String collection = operation("gc");
        time.advance(Duration.ofDays(400));
        String later = operation("backup");
        String unknown = "by-hand";
        write(new OperationIdentity(unknown, "backup"));

        assertThat(ids(from)).containsExactlyInAnyOrder(backup, collection, later, unknown);
        assertThat(ids(time.instant())).containsExactlyInAnyOrder(later, unknown);
        assertThat(ids(time.instant().plusSeconds(1))).containsExactly(unknown);
        assertThat(ids(Instant.EPOCH)).hasSize(7).contains(old);
        assertThat(ids(Instant.MIN)).hasSize(7);
        assertThat(journal.listSince(Instant.EPOCH)).isEqualTo(journal.list());
    }

    /** An archive of years has many operations; those of the last day cost as much as in a young one. */
    @Test
    void listSince_manyOlderOperations_areNotListed() {
        for (int i = 0; i < 1_200; i++) {
            operation(i % 2 == 0 ? "backup" : "expire");
            time.advance(Duration.ofSeconds(1));
        }
        String last = operation("backup");
        int[] lists = new int[1];
        objects.observe((operation, key, isDone) -> lists[0] += operation == Operation.LIST && isDone ? 1 : 0);

        assertThat(ids(time.instant())).containsExactly(last);

        assertThat(lists[0]).isLessThan(8);
    }

    private List<String> ids(Instant from) {
        return journal.listSince(from).operations().stream()
                .map(OperationSummary::operationId)
                .toList();
    }

    private String operation(String type) {
        EngineSeams seams = new EngineSeams(time, time, time, time.process(), Runnable::run, random, "test");
        OperationIdentity identity = OperationIdentity.create(type, seams);
        write(identity);
        return identity.operationId();
    }

    private void write(OperationIdentity identity) {
        for (int i = 0; i < 3; i++) {
            journal.append(
                    identity,
                    journal.record(
                            i == 0 ? JournalRecord.Kind.BEGUN : JournalRecord.Kind.ENDED,
                            epoch++,
                            identity.type(),
                            "",
                            List.of(),
                            null,
                            i == 0 ? Outcome.UNFINISHED : Outcome.FAILED,
                            ""));
        }
    }
}
