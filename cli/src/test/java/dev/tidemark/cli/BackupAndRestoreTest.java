package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackupAndRestoreTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void setUp() {
        CommandRun.configure(directory);
        write("first");
    }

    @Test
    void commands_fromTheFirstBackupToTheRestore_answerInJson() throws IOException {
        JsonNode archive = succeed("archive init");
        assertThat(fields(archive)).containsExactly("archive", "location", "format", "createdAt");

        JsonNode full = succeed("backup bank --label reason=test");
        assertThat(fields(full))
                .containsExactly(
                        "namespace",
                        "backup",
                        "resumed",
                        "immutableTimestamp",
                        "backupTimestamp",
                        "fastForwardTimestamp",
                        "holdMillis",
                        "settled",
                        "degraded",
                        "files",
                        "rawBytes",
                        "readBytes",
                        "newRawBytes",
                        "storedBytes",
                        "durationMillis");
        assertThat(full.get("backupTimestamp").isIntegralNumber()).isTrue();
        assertThat(full.get("readBytes").asLong()).isPositive();
        JsonNode unchanged = succeed("backup bank");
        assertThat(unchanged.get("newRawBytes").asLong())
                .isLessThan(full.get("newRawBytes").asLong());

        JsonNode backups = succeed("backups").get("backups");
        assertThat(backups).hasSize(2);
        assertThat(backups.get(0).get("backup")).isEqualTo(unchanged.get("backup"));
        assertThat(backups.get(1).at("/labels/reason").asText()).isEqualTo("test");
        assertThat(backups.get(0).get("createdAt").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        JsonNode shown = succeed("show bank latest");
        assertThat(shown.get("backup")).isEqualTo(unchanged.get("backup"));
        assertThat(shown.at("/stores/0/type").asText()).isEqualTo("rocksdb");
        assertThat(succeed("archive status").at("/namespaces/0/backups").asInt())
                .isEqualTo(2);
        assertThat(succeed("verify --level 2").get("damaged").asInt()).isZero();
        assertThat(succeed("operations bank").get("operations"))
                .hasSize(2)
                .allMatch(operation -> operation.get("outcome").asText().equals("succeeded"));

        String at = unchanged.get("backupTimestamp").asText();
        JsonNode liveDigest = succeed("digest bank --at " + at);
        write("second");
        delete(directory.resolve("store"));
        delete(directory.resolve("oracle"));
        JsonNode plan = succeed("restore bank --dry-run");
        assertThat(plan.get("dryRun").asBoolean()).isTrue();
        assertThat(plan.get("steps").size()).isGreaterThan(5);
        assertThat(directory.resolve("store/data")).doesNotExist();
        JsonNode restored =
                succeed("restore bank --backup " + unchanged.get("backup").asText());
        assertThat(restored.get("backupTimestamp").asText()).isEqualTo(at);
        assertThat(succeed("digest bank --at " + at)).isEqualTo(liveDigest);
        assertThat(succeed("timestamp fetch").get("timestamp").asLong())
                .isGreaterThan(restored.get("fastForwardTarget").asLong());
    }

    @Test
    void commands_asText_speakToAPerson() {
        assertThat(run("archive init").out()).startsWith("Archive '").contains("without it every backup is lost");
        CommandRun backup = run("backup bank");
        assertThat(backup.out())
                .matches("(?s)Backup '[^']+' of namespace 'bank' is complete\\.\n.*backup timestamp .*");
        assertThat(backup.err()).contains("of namespace 'bank' begins").contains("copy: done in");
        assertThat(run("backups").out()).startsWith("NAMESPACE  BACKUP");
        assertThat(run("show bank latest").out()).contains("held for", "rocksdb");
        assertThat(run("operations").out()).contains("succeeded");
        assertThat(run("verify").exitCode()).isZero();
        assertThat(run("archive status").out()).contains("bank");
    }

    @Test
    void backups_oneManifestIsDamaged_listsTheOthersAndWarns() throws IOException {
        succeed("archive init");
        String older = succeed("backup bank").get("backup").asText();
        String newest = succeed("backup bank").get("backup").asText();
        Path manifest = directory.resolve("archive/ns/bank/manifests/" + newest);
        Files.writeString(
                manifest, Files.readString(manifest).replaceFirst("\"backupTimestamp\":", "\"backupTimestamp\":1"));

        JsonNode backups = succeed("backups");
        assertThat(backups.get("backups")).hasSize(1);
        assertThat(backups.at("/backups/0/backup").asText()).isEqualTo(older);
        assertThat(backups.at("/damaged/0/backup").asText()).isEqualTo(newest);
        assertThat(run("backups").out()).contains(older, "WARNING: backup '" + newest + "'");
        assertThat(succeed("archive status")
                        .at("/namespaces/0/damagedManifests")
                        .asInt())
                .isEqualTo(1);
        assertThat(run("archive status").out()).contains("WARNING");
        CommandRun latest = run("show bank latest");
        assertThat(latest.exitCode()).isEqualTo(60);
        assertThat(latest.err()).contains(newest, "HINT: ", older);
        assertThat(succeed("show bank " + older).get("backup").asText()).isEqualTo(older);
        assertThat(succeed("backup bank").get("readBytes").asLong()).isNotNegative();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "archive init                   | 51",
                "restore bank                   | 34",
                "restore bank --dry-run         | 34",
                "restore bank --backup nothing  | 13",
                "show bank nothing              | 13",
                "show bank ../../key            | 13",
                "resume                         | 14",
                "resume bank                    | 14",
                "cancel bank nothing            | 14",
                "verify bank --backup nothing   | 13",
                "verify bank --level 3          | 2",
                "digest bank --at 4000000000000 | 16"
            })
    void run_thatIsRefused_hasItsExitCodeAndAHint(String line, int exitCode) {
        succeed("archive init");
        succeed("backup bank");

        CommandRun run = run(line.strip() + " --json");

        JsonNode error = run.json().get("error");
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
        assertThat(error.get("exitCode").asInt()).isEqualTo(exitCode);
        assertThat(error.get("message").asText()).isNotEmpty();
        assertThat(error.get("hint").asText()).isNotEmpty();
    }

    @Test
    void backup_labelThatNoManifestCanHold_isRefusedBeforeAnythingBegins() {
        succeed("archive init");

        CommandRun run = CommandRun.in(directory, "backup", "bank", "--label", "commit=first line\nsecond line");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(11);
        assertThat(run.err()).contains("label commit").contains("HINT: ").doesNotContain("\tat ");
        assertThat(succeed("operations").get("operations")).isEmpty();
    }

    @Test
    void run_archiveThatIsMissingOrOfOthers_isRefused() throws IOException {
        assertThat(run("backup bank").exitCode()).isEqualTo(50);
        assertThat(run("backups").exitCode()).isEqualTo(50);
        succeed("archive init");
        Path config = directory.resolve("tidemark.yml");
        String good = Files.readString(config);

        Files.writeString(
                config, good.replace("archive\n  key:", "archive\n  id: \"00000000000000000000000000000000\"\n  key:"));
        assertThat(run("backup bank").exitCode()).isEqualTo(52);
        Files.writeString(config, good);
        Files.writeString(
                directory.resolve("p.yml"),
                good.replace("type: key-file\n    file: key", "type: passphrase\n    environment: P"));
        Files.writeString(directory.resolve("key"), "battery staple ".repeat(3));
        CommandRun wrongKey = run("backup bank");
        assertThat(wrongKey.exitCode()).isEqualTo(55);
        assertThat(wrongKey.out() + wrongKey.err())
                .doesNotContain("battery staple")
                .contains("HINT: ");
        assertThat(CommandRun.in(directory, Map.of("P", "battery staple"), "backups", "-c", "p.yml")
                        .exitCode())
                .isEqualTo(55);
        assertThat(CommandRun.in(directory, "backups", "-c", "p.yml").exitCode())
                .isEqualTo(10);
        Files.setPosixFilePermissions(directory.resolve("key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(run("backup bank").exitCode()).isEqualTo(10);
    }

    @Test
    void run_oracleOfAnotherProcess_stopsOnlyWhatNeedsIt() {
        succeed("archive init");
        succeed("backup bank");
        try (TimestampOracles oracles = oracles()) {
            assertThat(run("backup bank").exitCode()).isEqualTo(25);
            assertThat(run("backups").exitCode()).isZero();
            assertThat(run("verify").exitCode()).isZero();
            assertThat(run("operations").exitCode()).isZero();
        }
    }

    private JsonNode succeed(String line) {
        CommandRun run = run(line + " --json");
        assertThat(run.exitCode()).as(line + ": " + run.out() + run.err()).isZero();
        assertThat(run.err()).as(line).isEmpty();
        return run.json();
    }

    private CommandRun run(String line) {
        return CommandRun.in(directory, line.split(" +"));
    }

    private void write(String value) {
        SmallBank.write(directory, value);
    }

    private TimestampOracles oracles() {
        return SmallBank.oracles(directory);
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
