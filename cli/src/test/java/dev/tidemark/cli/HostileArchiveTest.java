package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that somebody has written or edited with intent, and disks that are too small for what they announce. */
final class HostileArchiveTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-05T10:15:30Z"));
    private static final long SEED = 7;

    @TempDir
    private static Path original;

    @TempDir
    private Path directory;

    private Installation installation;
    private String newer;
    private String manifest;

    @BeforeAll
    static void setUpOriginal() {
        Installation.withTwoBackups(original);
    }

    @BeforeEach
    void setUp() {
        installation = new Installation(original).copyTo(directory);
        installation.loseStore();
        newer = installation.backups().get(1);
        manifest = "ns/bank/manifests/" + newer;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"backupTimestamp\":    | \"backupTimestamp\":1",
                "\"store\":\"main\"      | \"store\":\"mine\"",
                "\"namespace\":\"bank\" | \"namespace\":\"bonk\"",
                "ed25519              | ed25518",
                "tidemark-manifest 1  | tidemark-manifest 01",
                "tidemark-manifest    | tidemark-monifest"
            })
    void restore_manifestEditedByHand_isRefused(String text, String replacement) throws IOException {
        replaceIn(manifest, text, replacement);

        for (String line : new String[] {
            "restore bank", "restore bank --dry-run", "restore bank --backup " + newer, "show bank " + newer
        }) {
            installation.assertRefused(line, ErrorCode.MANIFEST_INVALID, newer);
        }
        assertDamaged(manifest);
    }

    @Test
    void restore_manifestUnderTheNameOfAnotherBackup_isRefused() throws IOException {
        Files.copy(
                installation.resolve("archive/" + manifest),
                installation.resolve("archive/ns/bank/manifests/backup-20990101-000000-000000000000"));

        installation.assertRefused("restore bank", ErrorCode.MANIFEST_INVALID, "backup-20990101-000000-000000000000");
    }

    @ParameterizedTest
    @CsvSource({
        "CURRENT/../../../outside, segment '..'",
        "../outside, segment '..'",
        "/tmp/outside, is absolute",
        "C:/outside, a drive letter",
        "a//b, an empty segment",
        "a/./b, segment '.'",
        "a\\b, a backslash"
    })
    void restore_pathThatLeavesTheTarget_isRefused(String path, String problem) throws Exception {
        new Forger(installation).replaceFileList(newer, List.of("CURRENT", path));

        installation.assertRefused("restore bank", ErrorCode.MANIFEST_INVALID, "'" + path + "'", problem);
        installation.assertRefused("restore bank --dry-run", ErrorCode.MANIFEST_INVALID, "'" + path + "'", problem);
        assertDamaged("ns/bank/lists/");
        assertThat(installation.resolve("outside")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/tmp/outside"})
    void restore_pathThatLeavesTheTargetInTheManifest_isRefused(String path) throws Exception {
        new Forger(installation)
                .editManifest(newer, document -> ((ObjectNode) document.at("/stores/0/nodes/0/fileList/parts/0"))
                        .put("firstPath", path));

        installation.assertRefused("restore bank", ErrorCode.MANIFEST_INVALID, newer, "'" + path + "'");
        assertDamaged(manifest);
    }

    /** The ids of a restore follow from clock and seed, so a link can wait in its staging area. */
    @ParameterizedTest
    @ValueSource(strings = {"files/CURRENT", "files", "parts"})
    void restore_throughASymbolicLinkInTheTarget_isRefused(String place) throws IOException {
        Path rehearsal = Files.createDirectory(directory.resolve("rehearsal"));
        Installation other = new Installation(original).copyTo(rehearsal);
        other.loseStore();
        String restoreId = restore(rehearsal).json().get("operation").asText();
        Installation.delete(rehearsal);
        Path outside = Files.createDirectory(installation.resolve("outside"));
        Path victim = Files.writeString(outside.resolve("victim"), "untouched");
        Path link = installation.resolve("store/restore/" + restoreId + "/" + place);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, place.endsWith("CURRENT") ? victim : outside);

        CommandRun run = restore(directory);

        JsonNode error = run.json().get("error");
        assertThat(error.get("code").asText()).as(run.out()).isEqualTo("MANIFEST_INVALID");
        assertThat(error.get("message").asText()).contains(place.endsWith("CURRENT") ? "'CURRENT'" : place);
        assertThat(error.get("hint").asText()).isNotBlank();
        assertThat(run.exitCode()).isEqualTo(ErrorCode.MANIFEST_INVALID.exitCode());
        assertThat(Inventory.of(outside).entries()).containsOnlyKeys("victim");
        assertThat(victim).hasContent("untouched");
        assertThat(installation.resolve("store/data")).doesNotExist();
        assertThat(installation.run("timestamp fetch").exitCode())
                .as("not fenced")
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "tidemark-archive.json, '\"format\":1', '\"format\":2', 2",
        "keys/master/, '\"format\":1', '\"format\":77', 77",
        "ns/bank/keys/, '\"format\":1', '\"format\":3', 3",
        "ns/bank/manifests/, tidemark-manifest 1, tidemark-manifest 2, 2"
    })
    void restore_formatVersionThatIsNotKnown_isRefused(String prefix, String known, String unknown, String version)
            throws IOException {
        List<Path> objects = installation.objects(prefix);
        String object = prefix.contains("manifests") ? manifest : installation.key(objects.get(objects.size() - 1));
        replaceIn(object, known, unknown);

        for (String line : new String[] {"restore bank", "restore bank --dry-run"}) {
            installation.assertRefused(
                    line, ErrorCode.UNKNOWN_FORMAT_VERSION, object, "format version " + version, "expected: 1");
        }
        if (!prefix.contains("manifests")) {
            installation.assertRefused(
                    "backup bank", ErrorCode.UNKNOWN_FORMAT_VERSION, object, "format version " + version);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ns/bank/index/", "ns/bank/lock/"})
    void restore_sealedObjectOfALaterVersion_isRefused(String prefix) throws IOException {
        List<Path> objects = installation.objects(prefix);
        Path object = objects.get(objects.size() - 1);
        byte[] content = Files.readAllBytes(object);
        assertThat(new String(content, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("TDMK");
        content[4] = 9;
        Files.write(object, content);

        for (String line : new String[] {"restore bank", "restore bank --dry-run"}) {
            installation.assertRefused(
                    line, ErrorCode.UNKNOWN_FORMAT_VERSION, installation.key(object), "format version 9");
        }
    }

    @Test
    void restore_manifestOfALaterVersion_isRefused() throws Exception {
        new Forger(installation).editManifest(newer, document -> document.put("formatVersion", 2)
                .put("soul", "new"));

        installation.assertRefused(
                "restore bank", ErrorCode.UNKNOWN_FORMAT_VERSION, manifest, "format version 2", "expected: 1");
    }

    /** The free space is that of the real disk; no disk holds what the backup announces. */
    @ParameterizedTest
    @ValueSource(strings = {"restore bank", "restore bank --dry-run"})
    void restore_diskThatIsTooSmall_isRefused(String line) throws Exception {
        long bytes = 1L << 61;
        new Forger(installation)
                .editManifest(newer, document -> ((ObjectNode) document.at("/stores/0/nodes/0")).put("bytes", bytes));

        installation.assertRefused(line, ErrorCode.DISK_FULL, "store 'main'", "bytes free", String.valueOf(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"restore bank", "resume bank", "cancel bank %s"})
    void run_journalOfAnUnfinishedRestoreIsDamaged_isRefused(String line) throws IOException {
        try (DirectoryLock lock =
                DirectoryLock.acquire(installation.resolve("store"), DirectoryLock.Use.SERVING, Sleeper.system())) {
            installation.assertReported("restore bank", ErrorCode.STORE_IN_USE, "store");
        }
        String restoreId = installation
                .succeed("operations bank")
                .at("/operations/0/operation")
                .asText();
        List<Path> records = installation.objects("ns/bank/journal/" + restoreId);
        Path last = records.get(records.size() - 1);
        byte[] content = Files.readAllBytes(last);
        byte[] changed = content.clone();
        changed[40] ^= 1;
        Files.write(last, changed);

        installation.assertRefused(line.formatted(restoreId), ErrorCode.OBJECT_DAMAGED, installation.key(last));

        assertDamaged(installation.key(last));
        JsonNode operations = installation.succeed("operations bank");
        assertThat(operations.get("operations")).hasSize(2);
        assertThat(operations.at("/damaged/0/operation").asText()).isEqualTo(restoreId);
        assertThat(installation.run("operations").out()).contains("WARNING: operation '" + restoreId + "'");
        Files.write(last, content);
        assertThat(installation
                        .succeed("resume bank")
                        .at("/operations/0/outcome")
                        .asText())
                .isEqualTo("succeeded");
    }

    private static CommandRun restore(Path directory) {
        return CommandRun.in(directory, CLOCK, new Random(SEED), "restore", "bank", "--json");
    }

    private void assertDamaged(String object) {
        for (String level : new String[] {"1", "2"}) {
            CommandRun run = installation.run("verify --json --level " + level);
            assertThat(run.exitCode()).as(run.out()).isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
            assertThat(run.out()).contains(object);
        }
    }

    private void replaceIn(String object, String text, String replacement) throws IOException {
        Path file = installation.resolve("archive/" + object);
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(content).contains(text);
        Files.write(file, content.replace(text, replacement).getBytes(StandardCharsets.ISO_8859_1));
    }
}
