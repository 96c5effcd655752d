package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that is wrong: names, configuration, keys, files and numbers. Each is refused before anything is changed. */
@Execution(ExecutionMode.CONCURRENT)
final class BadInputTest {
    @TempDir
    private static Path original;

    @TempDir
    private Path directory;

    private Installation installation;

    @BeforeAll
    static void setUpOriginal() {
        Installation.withTwoBackups(original);
    }

    @BeforeEach
    void setUp() {
        installation = new Installation(original).copyTo(directory);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backup bnak",
                "backups bnak",
                "show bnak latest",
                "restore bnak",
                "restore bnak --dry-run",
                "verify bnak",
                "digest bnak --at 5",
                "operations bnak",
                "resume bnak",
                "cancel bnak x",
                "timestamp fetch --namespace bnak",
                "timestamp fast-forward -t 5000000 --namespace bnak",
                "timestamp clean-transactions --offline -t 5 --namespace bnak",
                "backup ../bank",
                "backup BANK"
            })
    void run_namespaceThatIsNotConfigured_isRefused(String line) {
        String wrong = line.startsWith("timestamp") ? "bnak" : line.split(" ")[1];

        installation.assertRefused(line, ErrorCode.UNKNOWN_NAMESPACE, "namespace '" + wrong + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "backup bnak, UNKNOWN_NAMESPACE",
        "restore bnak, UNKNOWN_NAMESPACE",
        "restore bnak --dry-run, UNKNOWN_NAMESPACE",
        "show bnak latest, UNKNOWN_BACKUP",
        "digest bnak --at 5, UNKNOWN_NAMESPACE",
        "resume bnak, UNKNOWN_OPERATION",
        "cancel bnak x, UNKNOWN_NAMESPACE",
        "timestamp fetch, UNKNOWN_NAMESPACE",
        "timestamp fetch -i, UNKNOWN_NAMESPACE",
        "timestamp fast-forward -t 5000000, UNKNOWN_NAMESPACE",
        "timestamp clean-transactions --offline -t 5, UNKNOWN_NAMESPACE"
    })
    void run_namespaceThatTheOracleDoesNotHave_isNeverCreated(String line, ErrorCode code) throws IOException {
        rewrite("  bank:", "  bnak:");

        installation.assertRefused(line, code, "bnak");

        try (TimestampOracles oracles = installation.oracles()) {
            assertThat(oracles.namespaces()).containsExactly("bank");
        }
        assertThat(installation.resolve("archive/ns")).isDirectoryContaining("glob:**/bank");
        assertThat(installation.resolve("archive/ns/bnak")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "archive:              | archve:              | archve    | archive",
                "oracle:               | orcale:              | orcale    | oracle",
                "namespaces:           | namespace:           | namespace | namespaces",
                "'    stores:'         | '    storse:'        | storse    | stores",
                "directory: archive    | directroy: archive   | directroy | directory",
                "file: key             | flie: key            | flie      | file",
                "directory: oracle     | dir: oracle          | dir       | directory",
                "directory: store      | directori: store     | directori | directory",
                "type: rocksdb         | typ: rocksdb         | typ       | type",
                "namespaces:           | 'operations: {lockLaese: PT5S}\nnamespaces:' | lockLaese | lockLease"
            })
    void run_configurationKeyThatIsMisspelt_isNamedWithTheRightOne(String good, String bad, String key, String right)
            throws IOException {
        rewrite(good, bad);
        Inventory before = installation.inventory();

        for (String command : new String[] {"backup bank", "restore bank", "verify", "timestamp fast-forward -t 5"}) {
            installation.assertRefused(
                    command,
                    ErrorCode.INVALID_CONFIGURATION,
                    "tidemark.yml' line ",
                    key + "' (did you mean '" + right + "'?)");
        }

        assertThat(installation.inventory()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backup bank",
                "restore bank",
                "restore bank --dry-run",
                "backups",
                "show bank latest",
                "verify --level 2",
                "operations",
                "resume bank",
                "cancel bank x",
                "archive status"
            })
    void run_keyFileThatIsWrong_isRefused(String line) throws IOException {
        Files.writeString(installation.resolve("key"), "wrong".repeat(10));
        installation.loseStore();

        installation.assertRefused(
                line,
                ErrorCode.WRONG_KEY,
                "key file",
                installation.resolve("archive").toString());

        assertThat(installation.run(line).err()).doesNotContain("wrongwrong");
    }

    @Test
    void run_passphraseThatIsWrong_isRefused() throws IOException {
        rewrite("type: key-file", "type: passphrase");
        rewrite("directory: archive", "directory: archive2");
        Files.writeString(installation.resolve("key"), "correct horse\n");
        installation.succeed("archive init");
        installation.succeed("backup bank");
        Files.writeString(installation.resolve("key"), "battery staple\n");

        for (String line : new String[] {"backup bank", "backups"}) {
            installation.assertRefused(
                    line,
                    ErrorCode.WRONG_KEY,
                    "passphrase",
                    installation.resolve("archive2").toString());
            assertThat(installation.run(line).err()).doesNotContain("battery", "staple", "correct", "horse");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----rw-"})
    void run_keyFileThatEverybodyCanUse_isRefused(String permissions) throws IOException {
        Path key = installation.resolve("key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));

        installation.assertRefused(
                "backup bank", ErrorCode.INVALID_CONFIGURATION, "key file '" + key + "'", "by every user");
    }

    @ParameterizedTest
    @ValueSource(strings = {"backup bank", "restore bank", "backups", "verify", "operations", "archive status"})
    void run_archiveOfAnotherInstallation_isRefused(String line) throws IOException {
        String id = installation.succeed("archive status").get("archive").asText();
        rewrite("directory: archive", "directory: archive\n  id: \"" + id + "\"");
        installation.run(line);
        Installation other = Installation.withTwoBackups(Files.createDirectory(directory.resolve("other")));
        Installation.delete(installation.resolve("archive"));
        Files.move(other.resolve("archive"), installation.resolve("archive"));

        installation.assertRefused(line, ErrorCode.ARCHIVE_MISMATCH, "'" + id + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"restore bank", "restore bank --dry-run"})
    void restore_targetThatIsNotEmpty_isRefused(String line) throws IOException {
        installation.assertRefused(line, ErrorCode.STORE_NOT_EMPTY, "'main'", "expected: an empty target");

        installation.loseStore();
        Files.createDirectories(installation.resolve("elsewhere"));
        Files.createDirectories(installation.resolve("store"));
        Files.createSymbolicLink(installation.resolve("store/data"), installation.resolve("elsewhere"));
        installation.assertRefused(line, ErrorCode.STORE_NOT_EMPTY, "'main'", "expected: an empty target");

        Files.delete(installation.resolve("store/data"));
        Files.createSymbolicLink(installation.resolve("store/restore"), installation.resolve("elsewhere"));
        installation.assertRefused(line, ErrorCode.STORE_NOT_EMPTY, "'main'", "expected: an empty target");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "17\\n18\\n            | has 2 lines",
                "17\\n\\n              | has 2 lines",
                "soon\\n               | 'soon'",
                "0x11\\n               | '0x11'",
                "17.0\\n               | '17.0'",
                "99999999999999999999  | '99999999999999999999'",
                "''                    | has 0 lines"
            })
    void timestamp_fileThatIsNotOneNumber_isRefused(String content, String part) throws IOException {
        Files.writeString(installation.resolve("the.timestamp"), content.replace("\\n", "\n"));

        for (String line : new String[] {
            "timestamp fast-forward -f the.timestamp",
            "timestamp --file the.timestamp fast-forward",
            "timestamp fast-forward -f the.timestamp --dry-run",
            "timestamp clean-transactions --offline -f the.timestamp"
        }) {
            installation.assertRefused(line, ErrorCode.INVALID_TIMESTAMP_FILE, "the.timestamp", part);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "9223372036854775806", "9000000000000000000"})
    void fastForward_toTheEndOfTheSequence_isRefused(String timestamp) throws IOException {
        Files.writeString(installation.resolve("the.timestamp"), timestamp + "\n");
        long before = installation.succeed("timestamp fetch").get("timestamp").asLong();

        installation.assertRefused(
                "timestamp fast-forward -t " + timestamp, ErrorCode.TIMESTAMP_OUT_OF_RANGE, timestamp, "expected: 0");
        installation.assertRefused(
                "timestamp fast-forward -f the.timestamp", ErrorCode.TIMESTAMP_OUT_OF_RANGE, timestamp, "expected: 0");
        installation.assertRefused(
                "timestamp fast-forward --dry-run -t " + timestamp,
                ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                timestamp,
                "expected: 0");

        assertThat(installation.succeed("timestamp fetch").get("timestamp").asLong())
                .isBetween(before, before + 3_000_000);
    }

    private void rewrite(String text, String replacement) throws IOException {
        Path file = installation.resolve("tidemark.yml");
        String content = Files.readString(file);
        assertThat(content).contains(text);
        Files.writeString(file, content.replace(text, replacement));
    }
}
