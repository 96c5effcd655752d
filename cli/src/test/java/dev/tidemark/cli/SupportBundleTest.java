package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SupportBundleTest {
    @TempDir
    private Path directory;

    private Installation bank;

    @BeforeEach
    void install() throws IOException {
        CommandRun.configure(directory);
        Files.writeString(
                directory.resolve("tidemark.yml"),
                """
                    schedules:
                      nightly: {run: backup, cron: "0 2 * * *", zone: UTC}
                access:
                  tokens: [{name: ann, role: admin, sha256: 0f0f0f}]
                logging:
                  appenders: [{type: file, currentLogFilename: service.log}]
                """,
                StandardOpenOption.APPEND);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
    }

    @Test
    void supportBundle_ofAnInstallation_hasWhatItListsAndNoSecret() throws IOException {
        String id = bank.succeed("backup bank").get("backup").asText();
        Files.writeString(directory.resolve("service.log"), "started\nAuthorization: Bearer abcdefgh12345678\nended\n");

        CommandRun run = CommandRun.in(directory, "support-bundle", "--output", "b.zip");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Wrote").contains("b.zip").doesNotContain("WARNING");
        Map<String, String> entries = read(directory.resolve("b.zip"));
        assertThat(entries)
                .containsOnlyKeys(
                        "version.txt",
                        "java.txt",
                        "configuration.yml",
                        "archive.json",
                        "status.json",
                        "operations.json",
                        "schedules.json",
                        "logs/service.log");
        entries.keySet().forEach(name -> assertThat(run.err()).contains(name));
        assertThat(entries.get("version.txt")).startsWith("tidemark ");
        assertThat(entries.get("configuration.yml")).contains("ann").doesNotContain("0f0f0f");
        assertThat(entries.get("logs/service.log")).contains("started", "ended").doesNotContain("abcdefgh12345678");
        assertThat(json(entries.get("status.json"))
                        .get(0)
                        .get("newestGood")
                        .get("backup")
                        .asText())
                .isEqualTo(id);
        assertThat(json(entries.get("operations.json"))
                        .get("bank")
                        .get(0)
                        .get("operation")
                        .asText())
                .isEqualTo(id);
        assertThat(json(entries.get("schedules.json")).get(0).get("cron").asText())
                .isEqualTo("0 2 * * *");
        assertThat(json(entries.get("archive.json")).get("probe")).isNotEmpty();
        String everything = entries.values().toString();
        assertThat(everything).doesNotContain("k".repeat(32));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("b.zip"))))
                .isEqualTo("rw-------");
    }

    @Test
    void supportBundle_archiveIsAway_saysSoAndWritesTheRest() throws IOException {
        Files.move(directory.resolve("archive"), directory.resolve("elsewhere"));

        CommandRun run = CommandRun.in(directory, "--json", "support-bundle", "--output", "b.zip");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("notRead").has("archive.json")).isTrue();
        assertThat(run.json().get("notRead").has("status.json")).isTrue();
        Map<String, String> entries = read(directory.resolve("b.zip"));
        assertThat(entries.get("status.json")).startsWith("could not be read: ").contains("HINT: ");
        assertThat(entries.get("configuration.yml")).contains("rocksdb");
        assertThat(entries.get("logs/service.log")).startsWith("could not be read");
    }

    @Test
    void supportBundle_fileIsThere_isNotOverwritten() throws IOException {
        Files.writeString(directory.resolve("b.zip"), "precious");

        CommandRun run = CommandRun.in(directory, "support-bundle", "--output", "b.zip");

        assertThat(run.exitCode()).isEqualTo(ErrorCode.INVALID_INPUT.exitCode());
        assertThat(run.err()).contains("exists (expected: a new one)").contains("HINT: ");
        assertThat(directory.resolve("b.zip")).hasContent("precious");
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                entries.put(
                        entry.getName(), new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return entries;
    }
}
