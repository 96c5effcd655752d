package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.audit.AuditChain;
import dev.tidemark.coordinator.archive.audit.AuditStatement;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.operation.AuditCheck;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** I12: what operations and people do is in the audit log, whatever becomes of the process that does it. */
class AuditTrailTest {
    private final World world = new World(71, 1);

    @Test
    void operations_thatSucceed_areBegunAndEnded() {
        world.set("a", "1");
        BackupReport backup = world.backup();
        world.loseEverything();
        world.restore(backup.backupId());

        assertThat(lines())
                .containsExactly(
                        "backup begun ",
                        "backup ended SUCCEEDED",
                        "restore begun backup " + backup.backupId() + " as of timestamp " + backup.backupTimestamp(),
                        "restore ended SUCCEEDED backup " + backup.backupId() + " as of timestamp "
                                + backup.backupTimestamp());
        assertThat(check().problems()).isEmpty();
    }

    @Test
    void operation_whoseProcessDies_isResumedAndEnded() {
        world.set("a", "1");
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThatThrownBy(() -> process.coordinator.backup(
                            BackupRequest.of(World.NAMESPACE), InterruptedOperationTest.crashAt("copy", false)))
                    .isInstanceOf(World.Crash.class);
        }
        world.time.advance(Duration.ofSeconds(20));
        assertThat(check().problems()).as("before it has ended").isEmpty();

        world.backup();

        assertThat(lines()).containsExactly("backup begun ", "backup resumed ", "backup ended SUCCEEDED");
        assertThat(check().problems()).isEmpty();
    }

    /** An end that is in the journal is in the log: the log is told first, and nothing follows when it can't be told. */
    @Test
    void end_thatTheLogDoesNotTake_isNotInTheJournal() {
        world.set("a", "1");
        CoordinatorException down = new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "down", "Wait.");
        AtomicInteger failures = new AtomicInteger();
        world.objects.observe((operation, key, isDone) -> {
            boolean isEnd = operation == Operation.CREATE && key.endsWith("/000000000002") && !isDone;
            if (isEnd && failures.getAndIncrement() == 0) {
                throw down;
            }
        });
        assertThatThrownBy(world::backup).isSameAs(down);
        assertThat(failures)
                .as("a failed end is not made up for by another one")
                .hasValue(1);
        try (World.CoordinatorProcess process = world.coordinator()) {
            assertThat(process.coordinator
                            .findUnfinished(World.NAMESPACE)
                            .orElseThrow()
                            .message())
                    .as("that it was given up is not recorded: its end may be on the way")
                    .isEmpty();
        }
        world.time.advance(Duration.ofSeconds(20));
        assertThat(check().problems()).isEmpty();

        BackupReport backup = world.backup();

        assertThat(backup.isResumed()).isTrue();
        assertThat(lines()).containsExactly("backup begun ", "backup resumed ", "backup ended SUCCEEDED");
        assertThat(check().problems()).isEmpty();
    }

    @Test
    void check_endCutOff_journalsTell() {
        world.set("a", "1");
        String backup = world.backup().backupId();
        List<ObjectKey> entries = entries();

        world.objects.delete(entries.get(entries.size() - 1));

        assertThat(check().problems())
                .containsExactly("the journal of backup '" + backup
                        + "' of namespace 'orders' says that it ended SUCCEEDED, the log says nothing");
    }

    @Test
    void people_holdsAndAnnotations_areInTheLogWithTheirReasons() {
        world.set("a", "1");
        String backup = world.backup().backupId();
        try (World.CoordinatorProcess process = world.coordinator()) {
            Upkeep upkeep = process.coordinator.upkeep();
            BackupHold hold = new BackupHold(
                    "0".repeat(31) + "1", backup, "audit", "ann", world.time.instant(), BackupHold.FOREVER);
            upkeep.placeHold(World.NAMESPACE, hold);
            upkeep.releaseHold(World.NAMESPACE, hold.holdId());
            assertThat(upkeep.annotate(World.NAMESPACE, backup, Map.of("ticket", "17")))
                    .containsEntry("ticket", "17");
            assertThatThrownBy(() -> upkeep.annotate(World.NAMESPACE, "missing", Map.of("ticket", "18")))
                    .isInstanceOf(CoordinatorException.class);
        }

        String held = "backup " + backup + " hold " + "0".repeat(31) + "1";
        assertThat(lines().subList(2, 7))
                .containsExactly(
                        " hold-placed " + held,
                        " hold-released " + held,
                        " annotated backup " + backup,
                        " annotated backup missing",
                        " annotated FAILED backup missing");
        assertThat(check().problems()).isEmpty();
    }

    private AuditChain check() {
        AuditCheck journals = new AuditCheck();
        world.archive.namespaces().forEach(name -> journals.addJournals(world.archive.records(name)));
        AuditChain chain = world.archive.audit().check();
        journals.compare(chain);
        return chain;
    }

    private List<ObjectKey> entries() {
        return world.objects.list("audit/", "", 1000).stream()
                .map(ObjectInfo::key)
                .toList();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (long sequence : world.archive.audit().lastSequences(1000)) {
            AuditStatement statement =
                    world.archive.audit().read(sequence).entry().statement();
            String outcome = statement.outcome().isEmpty() ? "" : statement.outcome();
            String subject = statement.subject();
            lines.add(statement.type() + " " + statement.event().word() + " " + outcome
                    + (outcome.isEmpty() || subject.isEmpty() ? "" : " ") + subject);
        }
        return lines;
    }
}
