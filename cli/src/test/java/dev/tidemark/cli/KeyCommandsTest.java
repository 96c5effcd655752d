package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H1: the commands for keys, and what every command says with a wrong, missing or destroyed one. */
class KeyCommandsTest {
    @TempDir
    private Path directory;

    private Installation bank;

    @BeforeEach
    void install() {
        bank = Installation.withTwoBackups(directory);
    }

    @Test
    void key_addListAndRemove_rotateTheKeyOfTheInstallation() throws IOException {
        secret("new", "n".repeat(40));
        Inventory before = bank.inventory();
        assertThat(bank.succeed("archive key add --label new --role writer --type key-file --file new --dry-run")
                        .get("dryRun")
                        .asBoolean())
                .isTrue();
        assertThat(bank.inventory()).isEqualTo(before);

        bank.succeed("archive key add --label new --role writer --type key-file --file new");
        JsonNode slots = bank.succeed("archive key list").get("slots");
        assertThat(slots).extracting(slot -> slot.get("label").asText()).containsExactlyInAnyOrder("first", "new");
        bank.assertRefused("archive key remove first", ErrorCode.NOT_ALLOWED_NOW, "opened the archive with");
        use("new", "key-file");
        before = bank.inventory();
        bank.succeed("archive key remove first --dry-run");
        assertThat(bank.inventory()).isEqualTo(before);
        bank.succeed("archive key remove first");

        assertThat(bank.succeed("archive key list").get("slots")).hasSize(1);
        bank.assertRefused("archive key remove new --force", ErrorCode.NOT_ALLOWED_NOW, "writer");
        bank.succeed("verify bank");
        use("key", "key-file");
        bank.assertRefused("backups bank", ErrorCode.WRONG_KEY, "key file");
    }

    @Test
    void key_ofAReader_restoresAndChangesNothing() throws IOException {
        secret("reader", "r".repeat(40));
        bank.succeed("archive key add --label restore --role reader --type key-file --file reader");
        use("reader", "key-file");

        for (String command : List.of(
                "backup bank",
                "shred bank --confirm bank",
                "archive key rotate bank",
                "archive key remove first --force",
                "archive key add --label x --role reader --type key-file --file key")) {
            bank.assertRefused(command, ErrorCode.READ_ONLY_KEY, "reader");
        }
        bank.succeed("verify bank --level 2");
        bank.loseStore();
        bank.succeed("restore bank");
    }

    @Test
    void key_thatIsOnlyThePublicOne_isEnoughForThePublicKeyAndNothingElse() throws IOException {
        String pem = bank.run("archive public-key").out();
        assertThat(pem).contains("-----BEGIN PUBLIC KEY-----");
        Files.writeString(bank.resolve("archive.pem"), pem);
        use("archive.pem", "public-key");

        assertThat(bank.run("archive public-key").out()).isEqualTo(pem);
        bank.assertRefused("backups bank", ErrorCode.READ_ONLY_KEY, "public key");
    }

    @Test
    void key_passphraseOfTheWrongKind_fitsNoSlot() throws IOException {
        secret("passphrase", "k".repeat(32));
        use("passphrase", "passphrase");

        bank.assertRefused("backups bank", ErrorCode.WRONG_KEY, "passphrase");
    }

    @Test
    void slot_missing_isSaid() {
        bank.objects("keys/master/").forEach(path -> delete(path));

        bank.assertRefused("backups bank", ErrorCode.OBJECT_MISSING, "key slots");
    }

    @Test
    void slot_damaged_isSaidAndListed() throws IOException {
        secret("new", "n".repeat(40));
        bank.succeed("archive key add --label new --role writer --type key-file --file new");
        Path first = bank.objects("keys/master/").stream()
                .filter(path -> read(path).contains("\"first\""))
                .findFirst()
                .orElseThrow();
        Files.writeString(first, read(first).replace("\"writer\"", "\"reader\""));

        bank.assertRefused("backups bank", ErrorCode.WRONG_KEY, "key file");
        use("new", "key-file");
        CommandRun list = bank.run("archive key list --json");
        assertThat(list.exitCode()).isEqualTo(ErrorCode.OBJECT_DAMAGED.exitCode());
        assertThat(list.json().get("damaged").get(0).get("slot").asText())
                .isEqualTo(first.getFileName().toString().replace(".json", ""));
        CommandRun verify = bank.run("verify bank --json");
        assertThat(verify.exitCode()).isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
        assertThat(verify.json().get("damaged").asInt()).as("no backup suffers").isZero();
        assertThat(verify.json().at("/problems/0/object").asText()).isEqualTo(bank.key(first));
        assertThat(bank.run("verify bank").out()).contains("archive: DAMAGED, " + bank.key(first));
    }

    @Test
    void dataKey_missing_isSaidByEveryCommand() {
        bank.objects("ns/bank/keys/").forEach(path -> delete(path));

        bank.assertRefused("backups bank", ErrorCode.KEY_DESTROYED, "keys of namespace 'bank'");
        bank.assertRefused("restore bank --replace-existing", ErrorCode.KEY_DESTROYED, "keys of namespace 'bank'");
        bank.assertRefused("backup bank", ErrorCode.KEY_DESTROYED, "keys of namespace 'bank'");
    }

    @Test
    void rotate_thenBackup_olderAndNewerBackupsVerify() {
        Inventory before = bank.inventory();
        assertThat(bank.succeed("archive key rotate bank --dry-run").get("key").asInt())
                .isEqualTo(2);
        assertThat(bank.inventory()).isEqualTo(before);

        assertThat(bank.succeed("archive key rotate bank").get("key").asInt()).isEqualTo(2);
        bank.write(3);
        bank.succeed("backup bank");

        assertThat(bank.succeed("verify bank --level 2").get("damaged").asInt()).isZero();
    }

    @Test
    void shred_unconfirmed_isRefused() {
        bank.assertRefused("shred bank", ErrorCode.USAGE, "not confirmed");
        bank.assertRefused("shred bank --confirm bnak", ErrorCode.USAGE, "'bnak'");
        bank.assertRefused("shred bnak --confirm bnak", ErrorCode.UNKNOWN_NAMESPACE, "bnak");
    }

    @Test
    void shred_confirmed_everyCommandSaysSoUntilABackupBeginsAnew() {
        Inventory before = bank.inventory();
        JsonNode plan = bank.succeed("shred bank --dry-run");
        assertThat(plan.get("backups")).hasSize(2);
        assertThat(bank.inventory()).isEqualTo(before);

        JsonNode report = bank.succeed("shred bank --confirm bank");

        assertThat(report.get("backups").asInt()).isEqualTo(2);
        assertThat(bank.objects("ns/bank/packs/")).isEmpty();
        for (String command : List.of(
                "backups bank",
                "show bank latest",
                "verify bank",
                "restore bank --replace-existing",
                "rewind bank --to 5",
                "shred bank --confirm bank",
                "archive key rotate bank")) {
            bank.assertRefused(command, ErrorCode.KEY_DESTROYED, "was shredded on", "by ");
        }
        CommandRun check = bank.run("check --json");
        assertThat(check.exitCode()).isEqualTo(ErrorCode.KEY_DESTROYED.exitCode());
        assertThat(check.json().get("state").asText()).isEqualTo("shredded");

        bank.write(3);
        bank.succeed("backup bank");
        assertThat(bank.succeed("check").get("state").asText()).isEqualTo("restorable");
        assertThat(bank.succeed("verify bank --level 2").get("damaged").asInt()).isZero();
        assertThat(bank.succeed("backups bank").get("backups")).hasSize(1);
    }

    private void secret(String name, String content) throws IOException {
        Path file = Files.writeString(bank.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private void use(String file, String type) throws IOException {
        Path configuration = bank.resolve("tidemark.yml");
        Files.writeString(
                configuration,
                Files.readString(configuration)
                        .replaceAll(
                                "type: (key-file|passphrase|public-key)\n(\\s+)file: \\S+",
                                "type: " + type + "\n$2file: " + file));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
