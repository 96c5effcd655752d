package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunbookCommandTest {
    @TempDir
    private Path directory;

    private Installation bank;

    @BeforeEach
    void setUp() {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
    }

    @Test
    void runbook_afterABackup_isWhatWasStoredWithIt() throws IOException {
        bank.succeed("backup bank --label ticket=17");
        String id = bank.backups().get(0);

        JsonNode shown =
                CommandRun.in(directory, "runbook", "bank", "latest", "--json").json();

        assertThat(shown.get("stored").asBoolean()).isTrue();
        assertThat(bank.objects("ns/bank/runbooks/"))
                .extracting(path -> bank.key(path))
                .containsExactly("ns/bank/runbooks/" + id + "/RESTORE.rst", "ns/bank/runbooks/" + id + "/restore.sh");
        assertThat(CommandRun.in(directory, "runbook", "bank", id).out())
                .isEqualTo(shown.get("page").asText())
                .contains(
                        "ticket=17",
                        "opened by",
                        "tidemark --config restore-" + id + ".yml restore bank --backup " + id);
        assertThat(CommandRun.in(directory, "runbook", "bank", id, "--script").out())
                .isEqualTo(shown.get("script").asText())
                .startsWith("#!/usr/bin/env bash\n")
                .contains("set -euo pipefail");
        String stored = Files.readString(bank.objects("ns/bank/runbooks/").get(1));
        assertThat(stored.substring(stored.indexOf('\n') + 1))
                .isEqualTo(shown.get("script").asText());
    }

    @Test
    void runbook_always_namesSecretsAndHoldsNone() throws IOException {
        Files.writeString(
                directory.resolve("tidemark.yml"),
                Files.readString(directory.resolve("tidemark.yml"))
                        .replace("type: key-file\n    file: key", "type: passphrase\n    environment: THE_PHRASE"));
        Files.move(directory.resolve("archive"), directory.resolve("archive.old"));
        Map<String, String> environment = Map.of("THE_PHRASE", "correct horse battery staple");
        assertThat(CommandRun.in(directory, environment, "archive", "init").exitCode())
                .isZero();
        assertThat(CommandRun.in(directory, environment, "backup", "bank").exitCode())
                .isZero();

        String shown = CommandRun.in(directory, environment, "runbook", "bank", "latest", "--json")
                .out();

        assertThat(shown).contains("THE_PHRASE").doesNotContain("correct horse");
    }

    @Test
    void runbook_changedInTheArchive_isNotShownAndReportedByAVerification() throws IOException {
        bank.succeed("backup bank");
        Path script = bank.objects("ns/bank/runbooks/").get(1);
        Files.writeString(script, "rm -rf /\n", StandardOpenOption.APPEND);

        CommandRun run = CommandRun.in(directory, "runbook", "bank", "latest", "--script");

        assertThat(run.exitCode()).isEqualTo(ErrorCode.OBJECT_DAMAGED.exitCode());
        assertThat(run.out()).isEmpty();
        CommandRun verification = CommandRun.in(directory, "verify", "bank", "--level", "2");
        assertThat(verification.exitCode()).isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
        assertThat(verification.out()).contains("runbooks/" + bank.backups().get(0) + "/restore.sh");
    }

    @Test
    void runbook_switchedOff_isNotStoredAndMadeOnDemand() throws IOException {
        configure("operations: {runbooks: false}\n");
        bank.succeed("backup bank");
        configure("operations: {runbooks: true}\n");

        CommandRun run = CommandRun.in(directory, "runbook", "bank", "latest");

        assertThat(bank.objects("ns/bank/runbooks/")).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("no runbook was stored");
        assertThat(run.out()).startsWith("Restore backup " + bank.backups().get(0));
    }

    @Test
    void backup_runbookCantBeWritten_isABackupWithANote() throws IOException {
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (!isDone && call.equals("ObjectStore.create runbooks")) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "no right to write runbooks", "");
            }
        });

        CommandRun run = CommandRun.in(directory, observer, "backup", "bank");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("could not be written: no right to write runbooks");
        assertThat(bank.backups()).hasSize(1);
        assertThat(bank.objects("ns/bank/runbooks/")).isEmpty();
    }

    @Test
    void expire_backupGoes_itsRunbookGoesWithIt() throws IOException {
        bank.succeed("backup bank");
        bank.write(2);
        bank.succeed("backup bank");
        List<String> backups = bank.backups();

        bank.succeed("expire bank " + backups.get(0));

        assertThat(bank.objects("ns/bank/runbooks/")).hasSize(2).allMatch(path -> bank.key(path)
                .contains(backups.get(1)));
    }

    @Test
    void copy_toAnotherArchive_getsARunbookForThatOne() throws IOException {
        configure("archives: {offsite: {type: filesystem, directory: offsite, key: {type: key-file, file: key}}}\n");
        bank.succeed("archive init --archive offsite");
        bank.succeed("backup bank");

        CommandRun copy = CommandRun.in(directory, "copy", "bank", "--all", "--to", "offsite");

        assertThat(copy.exitCode()).as(copy.err()).isZero();
        CommandRun shown = CommandRun.in(directory, "runbook", "bank", "latest", "--archive", "offsite");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out()).contains("directory: \"" + directory.resolve("offsite") + "\"");
        assertThat(CommandRun.in(directory, "runbook", "bank", "latest").out()).doesNotContain("offsite");
    }

    private void configure(String more) throws IOException {
        String text = Files.readString(directory.resolve("tidemark.yml"));
        int end = text.indexOf("operations:") < 0 ? text.length() : text.indexOf("operations:");
        Files.writeString(directory.resolve("tidemark.yml"), text.substring(0, end) + more);
    }
}
