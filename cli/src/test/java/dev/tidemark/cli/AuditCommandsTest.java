package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I12, H11: the commands that read the audit log, and annotations. */
class AuditCommandsTest {
    @TempDir
    private Path directory;

    private Installation bank;

    @BeforeEach
    void install() {
        bank = Installation.withTwoBackups(directory);
    }

    @Test
    void audit_afterOperationsAndChanges_tellsWhoDidWhat() {
        String backup = bank.backups().get(0);
        bank.succeed("hold bank " + backup + " --reason audit");
        bank.succeed("annotate bank " + backup + " ticket=17");
        bank.succeed("export bank " + backup + " --output out.tar");

        JsonNode entries = bank.succeed("audit list").get("entries");

        assertThat(texts(entries, "event"))
                .containsSubsequence("begun", "ended", "begun", "ended", "hold-placed", "annotated", "exported");
        JsonNode last = entries.get(entries.size() - 1);
        assertThat(last.get("namespace").asText()).isEqualTo("bank");
        assertThat(last.get("subject").asText()).isEqualTo("backup " + backup);
        assertThat(last.get("message").asText()).isEqualTo("out.tar");
        assertThat(last.get("who").asText()).contains(System.getProperty("user.name"));
        assertThat(bank.succeed("audit list --last 1").get("entries")).hasSize(1);
        assertThat(bank.succeed("audit list --namespace other").get("entries")).isEmpty();
        assertThat(bank.run("audit list").out()).contains("NUMBER", "backup ended", "succeeded", "hold-placed");
    }

    @Test
    void verify_cutOffOrChanged_exitsWith73() throws IOException {
        JsonNode well = bank.succeed("audit verify");
        assertThat(well.get("problems").asInt()).isZero();
        assertThat(well.get("journalsCompared").asBoolean()).isTrue();
        String position = well.get("position").asText();
        bank.succeed("audit verify --noted " + position);
        List<Path> entries = bank.objects("audit/");
        Path last = entries.get(entries.size() - 1);
        byte[] content = Files.readAllBytes(last);

        Files.delete(last);
        assertFinds("audit verify", ErrorCode.VERIFICATION_FAILED, "the log says nothing");
        assertFinds("audit verify --noted " + position, ErrorCode.VERIFICATION_FAILED, "cut off");
        content[content.length - 2] ^= 1;
        Files.write(last, content);
        assertFinds("audit verify", ErrorCode.VERIFICATION_FAILED, "signature");
        assertFinds("audit list", ErrorCode.OBJECT_DAMAGED, "signature");
        bank.assertRefused("audit verify --noted 7", ErrorCode.USAGE, "'7'");
        bank.assertRefused("audit list --last 0", ErrorCode.USAGE, "1 to 1000");
    }

    @Test
    void verify_publicKeyAlone_checksTheChainAndSaysWhatItDidNot() throws IOException {
        Files.writeString(
                directory.resolve("archive.pub"), bank.run("archive public-key").out());
        Path configuration = directory.resolve("tidemark.yml");
        String text = Files.readString(configuration);
        Files.writeString(
                configuration,
                text.replaceAll("type: key-file\n(\\s+)file: \\S+", "type: public-key\n$1file: archive.pub"));

        JsonNode verified = bank.succeed("audit verify");

        assertThat(verified.get("problems").asInt()).isZero();
        assertThat(verified.get("entries").asInt()).isPositive();
        assertThat(verified.get("journalsCompared").asBoolean()).isFalse();
        assertThat(bank.run("audit verify").out()).contains("not compared with the journals");
    }

    @Test
    void annotate_changesAndTakesAway_showTells() throws IOException {
        String backup = bank.backups().get(0);
        bank.succeed("annotate bank " + backup + " ticket=17 state=good");
        assertThat(bank.succeed("annotate bank " + backup + " state=")
                        .get("annotations")
                        .toString())
                .isEqualTo("{\"ticket\":\"17\"}");

        assertThat(bank.succeed("show bank " + backup).at("/annotations/ticket").asText())
                .isEqualTo("17");
        assertThat(bank.run("show bank " + backup).out()).contains("annotation  ticket=17");

        Path object = bank.objects("ns/bank/annotations/").get(0);
        Files.write(object, new byte[] {1});
        assertThat(bank.run("show bank " + backup).out()).contains("annotations can't be read", "  content ");
        bank.assertRefused("annotate bank missing a=1", ErrorCode.UNKNOWN_BACKUP, "missing");
    }

    private void assertFinds(String command, ErrorCode code, String problem) {
        CommandRun run = bank.run(command);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(code.exitCode());
        assertThat(run.out()).contains(problem);
    }

    private static List<String> texts(JsonNode entries, String field) {
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.get(field).asText())
                .toList();
    }
}
