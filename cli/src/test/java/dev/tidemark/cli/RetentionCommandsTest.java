package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionCommandsTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void setUp() throws IOException {
        CommandRun.configure(directory);
        Path configuration = directory.resolve("tidemark.yml");
        String text = Files.readString(configuration);
        assertThat(text).contains("  bank:\n");
        Files.writeString(
                configuration,
                text.replace("  bank:\n", "  bank:\n    retention:\n      last: 1\n") + "garbage:\n  grace: PT0S\n");
        SmallBank.write(directory, "first");
        succeed("archive init");
    }

    @Test
    void commands_fromHoldToRemoval_answerInJson() throws IOException {
        String first = succeed("backup bank").get("backup").asText();
        String second = succeed("backup bank").get("backup").asText();
        String hold = succeed("hold bank " + first + " --reason audit --for P1D")
                .get("hold")
                .asText();

        assertThat(succeed("expire bank --dry-run").at("/backups/1/keptBy/0").asText())
                .isEqualTo("hold 'audit'");
        assertThat(run("expire bank " + first).exitCode()).isEqualTo(17);
        assertThat(run("expire bank " + first).err()).contains("hold 'audit'", "HINT");
        assertThat(succeed("holds").at("/holds/0/hold").asText()).isEqualTo(hold);
        assertThat(succeed("release bank " + hold).get("backup").asText()).isEqualTo(first);
        assertThat(run("release bank " + hold).exitCode()).isEqualTo(11);
        assertThat(succeed("expire bank --dry-run").at("/backups/1/kept").asBoolean())
                .isFalse();
        assertThat(succeed("expire bank").get("removed"))
                .extracting(JsonNode::asText)
                .containsExactly(first);
        assertThat(succeed("backups").at("/backups/0/backup").asText()).isEqualTo(second);

        JsonNode condemned = succeed("gc bank");
        assertThat(condemned.get("condemnedObjects").asInt()).isPositive();
        assertThat(succeed("gc bank --dry-run").get("dueObjects")).isEqualTo(condemned.get("condemnedObjects"));
        assertThat(succeed("gc bank").get("removedObjects")).isEqualTo(condemned.get("condemnedObjects"));
        assertThat(succeed("verify --level 2").get("damaged").asInt()).isZero();
        assertThat(succeed("repair bank").get("repaired")).isEmpty();
    }

    @Test
    void commands_asText_speakToAPerson() {
        run("backup bank");
        run("backup bank");

        assertThat(run("expire bank --dry-run").out())
                .contains("KEPT BY", "newest, last 1", "1 backup would be removed");
        assertThat(run("hold bank latest --reason audit").out()).contains("has the hold");
        assertThat(run("holds").out()).contains("audit", "released");
        assertThat(run("expire bank").out()).contains("1 backup was removed", "Run 'tidemark gc bank'");
        assertThat(run("gc bank --dry-run").out()).contains("would be condemned", "Nothing was changed");
        assertThat(run("gc bank").out()).contains("condemned in namespace 'bank'");
        assertThat(run("repair bank").out()).contains("nothing to repair");
    }

    @Test
    void gc_explained_namesTheBackups() throws IOException {
        String backup = succeed("backup bank").get("backup").asText();
        Path packs = directory.resolve("archive/ns/bank/packs");
        Path pack;
        try (var paths = Files.walk(packs)) {
            pack = paths.filter(Files::isRegularFile).findFirst().orElseThrow();
        }

        assertThat(succeed("gc bank --explain " + pack.getFileName())
                        .at("/neededBy/0")
                        .asText())
                .isEqualTo(backup);
        assertThat(run("gc bank --explain " + pack.getFileName()).out()).contains("needed by  " + backup);
        assertThat(run("gc bank --explain ../x").exitCode()).isEqualTo(11);
    }

    /** E5: a manifest that is damaged or lost comes back from its copy. */
    @Test
    void repair_manifestsDamagedAndLost_bringsThemBack() throws IOException {
        String first = succeed("backup bank").get("backup").asText();
        String second = succeed("backup bank").get("backup").asText();
        Path manifests = directory.resolve("archive/ns/bank/manifests");
        Files.delete(manifests.resolve(first));
        Files.writeString(manifests.resolve(second), "x" + Files.readString(manifests.resolve(second)));

        JsonNode repaired = succeed("repair bank").get("repaired");

        assertThat(repaired).hasSize(2);
        assertThat(succeed("backups").get("backups")).hasSize(2);
        assertThat(succeed("verify --level 2").get("damaged").asInt()).isZero();
    }

    /** What a cron job on another machine does: it has the public key, and no secret. */
    @Test
    void check_byThePublicKeyAlone_tellsWhatTheArchiveIs() throws IOException {
        assertThat(run("check").exitCode()).isEqualTo(75);
        run("backup bank");
        Files.writeString(
                directory.resolve("public.pem"), run("archive public-key").out());
        Path configuration = directory.resolve("tidemark.yml");
        Files.writeString(
                configuration,
                Files.readString(configuration)
                        .replace("type: key-file", "type: public-key")
                        .replace("file: key", "file: public.pem"));
        Files.delete(directory.resolve("key"));

        assertThat(succeed("check --max-age PT1H --level 2")
                        .at("/namespaces/0/state")
                        .asText())
                .isEqualTo("restorable");
        assertThat(run("check bank").out()).contains("bank", "restorable");
        assertThat(run("check --max-age PT0.001S").exitCode()).isEqualTo(75);
        assertThat(run("check --level 3").exitCode()).isEqualTo(2);
        assertThat(run("backup bank").exitCode()).isNotZero();
        Path pack;
        try (var paths = Files.walk(directory.resolve("archive/ns/bank/packs"))) {
            pack = paths.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.delete(pack);
        CommandRun damaged = run("check");
        assertThat(damaged.exitCode()).isEqualTo(73);
        assertThat(damaged.out())
                .contains("damaged", "DAMAGED: backup", pack.getFileName().toString());
    }

    @Test
    void hold_badInput_isRefused() {
        run("backup bank");

        assertThat(run("hold bank latest --reason x --for PT1H --until 2030-01-01T00:00:00Z")
                        .exitCode())
                .isEqualTo(2);
        assertThat(run("hold bank latest --reason x --until 2001-01-01T00:00:00Z")
                        .exitCode())
                .isEqualTo(11);
        assertThat(run("hold bank latest --reason x --until yesterday").exitCode())
                .isEqualTo(2);
        assertThat(run("hold bank nothing --reason x").exitCode()).isEqualTo(13);
        assertThat(run("hold bank latest").exitCode()).isEqualTo(2);
        assertThat(run("holds").out()).contains("There are no holds");
    }

    private JsonNode succeed(String line) {
        CommandRun run = run(line + " --json");
        assertThat(run.exitCode()).as(line + ": " + run.out() + run.err()).isZero();
        return run.json();
    }

    private CommandRun run(String line) {
        return CommandRun.in(directory, line.split(" +"));
    }
}
