package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What verification remembers, marks and signs, at the command line. */
class VerificationCommandsTest {
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

    @Test
    void verify_budgetsAndSamples_answerInJson() {
        JsonNode nothing = installation.succeed("verify --coverage").at("/namespaces/0");
        assertThat(nothing.get("percent").asDouble()).isZero();
        assertThat(nothing.get("oldest").isNull()).isTrue();
        assertThat(nothing.at("/never/packs").asInt())
                .isEqualTo(nothing.at("/all/packs").asInt())
                .isGreaterThan(1);

        JsonNode sample = installation.succeed("verify --level 2 --sample 1").at("/namespaces/0");
        assertThat(sample.get("packs").asInt()).isEqualTo(1);
        assertThat(sample.get("neededPacks").asInt())
                .isEqualTo(nothing.at("/all/packs").asInt());
        JsonNode rest = installation.succeed("verify --level 2 --budget 1TiB").at("/namespaces/0");
        assertThat(rest.get("recorded").asBoolean()).isTrue();
        assertThat(rest.get("certified")).hasSize(2);
        assertThat(rest.at("/coverage/percent").asDouble()).isEqualTo(100.0);
        JsonNode daily = installation.succeed("verify --level 2 --budget daily").at("/namespaces/0");
        assertThat(daily.get("packs").asInt()).as("all was read today").isZero();
        assertThat(daily.at("/notes/0").asText()).contains("budget of the day");
        assertThat(installation.run("verify --coverage").out()).contains("100 %", "30 days");
    }

    @Test
    void verify_optionsThatContradictEachOther_areRefused() {
        for (String line : List.of(
                "verify --budget 1GiB",
                "verify --level 2 --budget 1GiB --sample 5%",
                "verify --level 2 --budget 0",
                "verify --level 2 --budget much",
                "verify --level 2 --sample 101%",
                "verify --level 2 --sample 0",
                "verify --level 2 --sample x%",
                "verify --coverage --sample 1",
                "verify --level 3")) {
            assertThat(installation.run(line).exitCode()).as(line).isEqualTo(2);
        }
        configure("verification:\n      bytesPerDay: 1000\n");
        assertThat(installation.run("verify --level 2 --budget daily").err()).contains("bytesPerDay", "67108864");
    }

    /** From the changed byte to the backup that makes good what was lost, with a store that has not changed. */
    @Test
    void backup_afterDamageWasFound_storesItAgain() throws IOException {
        List<String> backups = installation.backups();
        installation.succeed("verify --level 2");
        // In the middle of a table file, which the store still has; other files change with each start.
        Path pack = largest(installation.objects("ns/bank/packs/"));
        flip(pack, (int) Files.size(pack) / 2);

        CommandRun found = installation.run("verify --level 2");
        assertThat(found.exitCode()).isEqualTo(73);
        assertThat(found.out()).contains("DAMAGED", "marked 'ns/bank/packs/", "is withdrawn");
        JsonNode listed = installation.succeed("backups").get("backups");
        long suffering = listed.findValues("damage").stream()
                .filter(damage -> !damage.isNull())
                .count();
        assertThat(suffering).isPositive();
        assertThat(installation.run("backups").out()).contains("DAMAGED");
        String hurt = listed.get(0).get("damage").isNull() ? backups.get(0) : backups.get(1);
        assertThat(installation.run("show bank " + hurt).out()).contains("DAMAGED", "WITHDRAWN");
        assertThat(installation.run("certificate bank " + hurt).exitCode()).isEqualTo(73);
        assertThat(installation.run("check").exitCode()).isEqualTo(73);

        JsonNode later = installation.succeed("backup bank");
        assertThat(later.get("newRawBytes").asLong())
                .isPositive()
                .isLessThan(later.get("rawBytes").asLong());

        CommandRun again = installation.run("verify --level 2");
        assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
        assertThat(again.out()).contains("good again");
        assertThat(installation.run("backups").out()).doesNotContain("DAMAGED");
        assertThat(installation.run("repair bank").exitCode()).isZero();
        CommandRun checked = installation.run("check");
        assertThat(checked.exitCode()).as(checked.out() + checked.err()).isZero();
        assertThat(installation
                        .succeed("verify --level 2")
                        .at("/namespaces/0/certified")
                        .toString())
                .contains(hurt);
        assertThat(installation
                        .succeed("show bank " + hurt)
                        .at("/certificate/state")
                        .asText())
                .isEqualTo("valid");
    }

    @Test
    void certificate_byThePublicKeyAlone_isChecked() throws IOException {
        String backup = installation.backups().get(1);
        assertThat(installation.run("certificate bank latest").exitCode()).isEqualTo(58);
        assertThat(installation.run("show bank latest").out()).contains("certificate     none");
        installation.succeed("verify --level 2");
        Files.writeString(
                installation.resolve("public.pem"),
                installation.run("archive public-key").out());
        Path configuration = installation.resolve("tidemark.yml");
        Files.writeString(
                configuration,
                Files.readString(configuration)
                        .replace("type: key-file", "type: public-key")
                        .replace("file: key", "file: public.pem"));
        Files.delete(installation.resolve("key"));

        JsonNode certificate = installation.succeed("certificate bank latest");
        assertThat(certificate.get("backup").asText()).isEqualTo(backup);
        assertThat(certificate.get("state").asText()).isEqualTo("valid");
        assertThat(certificate.get("level").asInt()).isEqualTo(2);
        assertThat(installation.run("certificate bank " + backup).out())
                .contains("is certified as restorable", "every byte of");
        Path stored = installation.objects("ns/bank/certificates/" + backup).get(0);
        flip(stored, 99);
        assertThat(installation.run("certificate bank " + backup).exitCode()).isEqualTo(59);
        assertThat(installation.run("certificate bank unknown").exitCode()).isEqualTo(13);
    }

    @Test
    void verify_aReader_isToldThatNothingIsRecorded() throws IOException {
        Path configuration = installation.resolve("tidemark.yml");
        Path reader = Files.writeString(installation.resolve("reader"), "r".repeat(40));
        Files.setPosixFilePermissions(reader, Files.getPosixFilePermissions(installation.resolve("key")));
        installation.succeed("archive key add --label reader --role reader --type key-file --file reader");
        Files.writeString(configuration, Files.readString(configuration).replace("file: key", "file: reader"));

        assertThat(installation.run("verify --level 2").out()).contains("NOT RECORDED", "a reader's");
        assertThat(installation.objects("ns/bank/verified/")).isEmpty();
    }

    private void configure(String section) {
        try {
            Path configuration = installation.resolve("tidemark.yml");
            String text = Files.readString(configuration);
            assertThat(text).contains("  bank:\n");
            Files.writeString(configuration, text.replace("  bank:\n", "  bank:\n    " + section));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path largest(List<Path> objects) throws IOException {
        Path largest = objects.get(0);
        for (Path object : objects) {
            largest = Files.size(object) > Files.size(largest) ? object : largest;
        }
        return largest;
    }

    private static void flip(Path object, int at) throws IOException {
        byte[] content = Files.readAllBytes(object);
        content[at] ^= 1;
        object.toFile().setWritable(true);
        Files.write(object, content);
    }
}
