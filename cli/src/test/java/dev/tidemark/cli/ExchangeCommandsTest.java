package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The commands that take backups out of an archive and into others. */
@Execution(ExecutionMode.CONCURRENT)
class ExchangeCommandsTest {
    private static final String ARCHIVES =
            """
            archives:
              offsite:
                type: filesystem
                directory: offsite
                key:
                  type: key-file
                  file: key
            """;

    @TempDir
    private static Path original;

    @TempDir
    private Path directory;

    private Installation installation;
    private String older;
    private String newer;

    @BeforeAll
    static void setUpOriginal() {
        Installation.withTwoBackups(original);
        PreparedBank.edit(original, "oracle:", ARCHIVES + "oracle:");
        new Installation(original).succeed("archive init --archive offsite");
    }

    @BeforeEach
    void setUp() {
        installation = new Installation(original).copyTo(directory);
        older = installation.backups().get(0);
        newer = installation.backups().get(1);
    }

    @Test
    void exportAndImport_intoAnotherArchive_canBeRestoredFromThere() throws IOException {
        JsonNode exported = installation.succeed("export bank latest --output bank.tar");
        assertThat(exported.get("backup").asText()).isEqualTo(newer);
        assertThat(Files.size(installation.resolve("bank.tar")))
                .isEqualTo(exported.get("exportBytes").asLong());
        long digestAt = exported.get("backupTimestamp").asLong();
        String digest = installation.succeed("digest bank --at " + digestAt).toString();

        installation.assertRefused("import bank bank.tar --archive offsite", ErrorCode.WRONG_KEY, "not trusted");
        Files.writeString(
                installation.resolve("public.key"),
                archiveHeader("archive").get("signingPublicKey").asText());
        JsonNode imported = installation.succeed("import bank bank.tar --archive offsite --public-key public.key");
        assertThat(imported.get("backup").asText()).isEqualTo(newer);
        assertThat(installation
                        .succeed("import bank bank.tar --archive offsite --accept-any-key")
                        .get("thereAlready")
                        .asBoolean())
                .isTrue();

        installation.succeed("verify bank --archive offsite --level 2");
        JsonNode shown = installation.succeed("show bank latest --archive offsite");
        assertThat(shown.get("origins").get(0).get("archive").asText())
                .isEqualTo(exported.get("archive").asText());
        installation.loseStore();
        installation.succeed("restore bank --archive offsite");
        assertThat(installation.succeed("digest bank --at " + digestAt).toString())
                .isEqualTo(digest);
    }

    @Test
    void copy_allBackups_isPlannedDoneAndNotRepeated() {
        JsonNode plan = installation.succeed("copy bank --all --to offsite --dry-run");
        assertThat(plan.get("backups")).hasSize(2);
        assertThat(plan.get("backups").get(0).get("backup").asText()).isEqualTo(older);
        assertThat(installation.succeed("backups bank --archive offsite").get("backups"))
                .isEmpty();

        JsonNode copied = installation.succeed("copy bank --all --to offsite");
        assertThat(copied.get("backups")).hasSize(2);
        assertThat(copied.get("backups").get(0).get("thereAlready").asBoolean()).isFalse();
        JsonNode again = installation.succeed("copy bank --to offsite");
        assertThat(again.get("backups")).hasSize(1);
        assertThat(again.get("backups").get(0).get("backup").asText()).isEqualTo(newer);
        assertThat(again.get("backups").get(0).get("thereAlready").asBoolean()).isTrue();
        assertThat(CommandRun.in(directory, "copy", "bank", "--all", "--to", "offsite", "--dry-run")
                        .out())
                .contains("nothing, it is there as " + older);
        JsonNode back = installation.succeed("--archive offsite copy bank --all --to archive");
        assertThat(back.get("backups").get(1).get("thereAlready").asBoolean()).isTrue();
        installation.succeed("verify bank --archive offsite --level 2");
    }

    @Test
    void export_toStandardOutput_isOnlyTheExport() throws IOException {
        CommandRun run = CommandRun.in(directory, "export", "bank", older);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("TIDEMARK-EXPORT.json\0");
        assertThat(run.err()).contains("not encrypted").contains("SHA-256");
        assertThat(CommandRun.in(directory, "export", "bank", older, "--json").exitCode())
                .isEqualTo(ErrorCode.USAGE.exitCode());
    }

    @Test
    void export_damagedPack_fails() throws IOException {
        try (Stream<Path> packs = Files.walk(installation.resolve("archive/ns/bank/packs"))) {
            for (Path pack : packs.filter(Files::isRegularFile).toList()) {
                byte[] content = Files.readAllBytes(pack);
                content[content.length / 2] ^= 1;
                Files.delete(pack);
                Files.write(pack, content);
            }
        }

        CommandRun run = CommandRun.in(directory, "export", "bank", "latest", "--output", "bank.tar");

        assertThat(run.exitCode()).isEqualTo(ErrorCode.OBJECT_DAMAGED.exitCode());
        assertThat(installation.resolve("bank.tar")).doesNotExist();
        assertThat(installation.resolve("bank.tar.part")).doesNotExist();
    }

    @Test
    void commands_wrongArguments_areRefused() throws IOException {
        installation.assertRefused("copy bank --to offsight", ErrorCode.INVALID_CONFIGURATION, "offsite");
        installation.assertRefused("copy bank --to archive", ErrorCode.USAGE, "another archive");
        installation.assertRefused("copy bank latest --all --to offsite", ErrorCode.USAGE, "exclude");
        installation.assertRefused("backup bank --archive offsite", ErrorCode.USAGE, "main archive");
        installation.assertRefused("rewind bank --to 1 --archive offsite", ErrorCode.USAGE, "main archive");
        installation.assertRefused("export bank nothing --output x.tar", ErrorCode.UNKNOWN_BACKUP, "nothing");
        installation.assertRefused("import bank key", ErrorCode.INVALID_INPUT, "not acceptable");
        installation.assertRefused("import bank nowhere.tar", ErrorCode.INVALID_INPUT, "nowhere.tar");
        installation.assertRefused("import bank x.tar --as a/b", ErrorCode.USAGE, "a/b");
        installation.assertRefused("import bank x.tar --public-key key", ErrorCode.INVALID_INPUT, "public key");
        installation.assertRefused("import bank x.tar --public-key key --accept-any-key", ErrorCode.USAGE, "exclude");
    }

    private JsonNode archiveHeader(String archive) throws IOException {
        return new ObjectMapper()
                .readTree(Files.readAllBytes(installation.resolve(archive + "/tidemark-archive.json")));
    }
}
