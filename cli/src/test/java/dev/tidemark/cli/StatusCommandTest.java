package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-11-22T02:00:00Z");

    @BeforeEach
    void configure() throws IOException {
        CommandRun.configure(directory);
        append("operations:\n  lockLease: PT1S\n");
        edit("  bank:\n", "  bank:\n    objective:\n      maxAge: PT26H\n");
        SmallBank.write(directory, "first");
        run("archive init");
    }

    @Test
    void status_withoutABackup_isLate() {
        CommandRun run = run("status");

        assertThat(run.exitCode()).isEqualTo(75);
        assertThat(run.out())
                .startsWith("NAMESPACE")
                .contains("bank", "late", "missed", "LATE: namespace 'bank': there is no good backup")
                .containsPattern("(?m)^HINT: Run 'tidemark backup bank'\\.$");
    }

    @Test
    void status_freshBackup_isOkInTextAndInJson() {
        String backup =
                run("backup bank --next-due PT24H --json").json().get("backup").asText();
        now = now.plus(Duration.ofHours(2));

        CommandRun run = run("status bank");
        JsonNode status = run("status --json").json();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.out().lines().toList().get(1))
                .containsPattern("bank +ok +" + backup + " +2 h +met +2026-11-23T02:00:00Z +-");
        assertThat(status.get("state").asText()).isEqualTo("ok");
        JsonNode bank = status.at("/namespaces/0");
        assertThat(bank.at("/newestGood/backup").asText()).isEqualTo(backup);
        assertThat(bank.at("/newestGood/ageMillis").asLong()).isEqualTo(7_200_000);
        assertThat(bank.get("nextBackupDue").asText()).isEqualTo("2026-11-23T02:00:00Z");
        assertThat(bank.get("nextBackupSaidBy").asText()).isEqualTo(backup);
        assertThat(bank.get("overdueSince").isNull()).isTrue();
        assertThat(bank.get("objective").asText()).isEqualTo("met");
        assertThat(bank.get("operation").isNull()).isTrue();
        assertThat(bank.get("problems")).isEmpty();
        assertThat(run("show bank latest").out()).contains("  next due        2026-11-23T02:00:00Z\n");
        assertThat(run("backups --json").json().at("/backups/0/nextBackupDue").asText())
                .isEqualTo("2026-11-23T02:00:00Z");
    }

    @Test
    void statusAndCheck_nextBackupHasNotCome_sayThatTheScheduleHasStopped() throws IOException {
        String backup =
                run("backup bank --next-due PT24H --json").json().get("backup").asText();
        now = now.plus(Duration.ofHours(24)).plusSeconds(900);
        assertThat(run("status").exitCode()).isZero();
        assertThat(run("status").out()).contains("2026-11-23T02:00:00Z, 15 min overdue");
        assertThat(run("check").exitCode()).isZero();
        now = now.plusMillis(1);

        CommandRun stopped = run("status");
        assertThat(stopped.exitCode()).isEqualTo(75);
        assertThat(stopped.out())
                .contains("STOPPED: namespace 'bank': the next backup was due at 2026-11-23T02:00:00Z, as backup '"
                        + backup);
        JsonNode bank = run("status --json").json().at("/namespaces/0");
        assertThat(bank.get("scheduleStopped").asBoolean()).isTrue();
        assertThat(bank.get("overdueSince").asText()).isEqualTo("2026-11-23T02:00:00Z");
        assertThat(bank.at("/problems/0/state").asText()).isEqualTo("stopped");
        assertThat(bank.at("/problems/0/hint").asText()).contains("tidemark backup bank");
        assertThat(run("check").exitCode()).isEqualTo(75);
        assertThat(run("check").out())
                .contains("STALE: namespace 'bank': the next backup was due at 2026-11-23T02:00:00Z");
        assertThat(run("check --json").json().at("/namespaces/0/reason").asText())
                .isEqualTo("the next backup was due at 2026-11-23T02:00:00Z");
        assertThat(run("check --grace PT1H").exitCode()).isZero();
        assertThat(run("check --grace PT-1H").exitCode()).isEqualTo(2);

        Files.writeString(
                directory.resolve("public.pem"), run("archive public-key").out());
        edit("type: key-file", "type: public-key");
        edit("file: key", "file: public.pem");
        assertThat(run("status").exitCode()).isEqualTo(75);
        assertThat(run("check").exitCode()).isEqualTo(75);

        edit("type: public-key", "type: key-file");
        edit("file: public.pem", "file: key");
        run("backup bank");
        assertThat(run("status").exitCode()).isZero();
        assertThat(run("check").exitCode()).isZero();
    }

    @Test
    void check_tooOld_saysSo() {
        run("backup bank");
        now = now.plus(Duration.ofHours(2));

        CommandRun check = run("check --max-age PT1H");

        assertThat(check.exitCode()).isEqualTo(75);
        assertThat(check.out()).contains("STALE: namespace 'bank': the newest good state is of 2026-11-22T02:00:00Z");
        assertThat(run("check unknown").out()).contains("STALE: namespace 'unknown': there is no good backup");
    }

    @Test
    void status_operationThatNobodyWorksOn_isStuck() {
        now = Instant.now();
        run("backup bank");
        Installation.delete(directory.resolve("store"));
        Fault fault = new Fault(Fault.Kind.FAIL, "clean", "TransactionTable.split");
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (fault.matches(step, call, isDone)) {
                throw fault.failure();
            }
        });
        assertThat(CommandRun.in(directory, observer, "restore", "bank").exitCode())
                .isNotZero();
        now = Instant.now();
        CommandRun fresh = run("status");
        assertThat(fresh.out()).contains("restore at clean, not worked on");
        now = now.plusSeconds(4);

        CommandRun stuck = run("status");

        assertThat(stuck.exitCode()).isEqualTo(76);
        assertThat(stuck.out())
                .contains("STUCK: namespace 'bank': restore 'restore-", "nobody works on it")
                .containsPattern("(?m)^HINT: Run 'tidemark resume bank', or 'tidemark cancel bank restore-[^']*'\\.$");
        JsonNode operation = run("status --json").json().at("/namespaces/0/operation");
        assertThat(operation.get("stuck").asBoolean()).isTrue();
        assertThat(operation.get("workedOn").asBoolean()).isFalse();
        assertThat(operation.get("step").asText()).isEqualTo("clean");
    }

    @Test
    void status_unknownNamespace_isRefused() {
        assertThat(run("status bnak").exitCode()).isEqualTo(12);
        assertThat(run("status bnak").err()).contains("Did you mean 'bank'?");
    }

    @Test
    void status_objectiveThatCannotBe_isRefusedByTheConfiguration() throws IOException {
        edit("maxAge: PT26H", "maxAge: PT0S");
        assertThat(run("status").exitCode()).isEqualTo(10);
        assertThat(run("status").err()).contains("'maxAge' is PT0S (expected: at least PT1S, or left out)");
        edit("maxAge: PT0S", "maximumAge: PT26H");
        assertThat(run("status").err()).contains("maximumAge");
        edit("maximumAge: PT26H", "grace: PT-1S");
        assertThat(run("status").err()).contains("'grace' is PT-1S");
    }

    private CommandRun run(String line) {
        return CommandRun.in(directory, () -> now, new SecureRandom(), line.split(" +"));
    }

    private void append(String text) throws IOException {
        Path file = directory.resolve("tidemark.yml");
        Files.writeString(file, Files.readString(file) + text);
    }

    private void edit(String from, String to) throws IOException {
        Path file = directory.resolve("tidemark.yml");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }
}
