package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What an operator, a disk or somebody with access to the archive can get wrong: each is told, and nothing is changed. */
final class BadInputTest {
    /** What a damaged object of an archive may end in; never a defect, a success with other data, or a stack trace. */
    private static final Set<Integer> DAMAGED = Set.of(
            ErrorCode.UNKNOWN_BACKUP.exitCode(),
            ErrorCode.ARCHIVE_NOT_FOUND.exitCode(),
            ErrorCode.ARCHIVE_MISMATCH.exitCode(),
            ErrorCode.WRONG_KEY.exitCode(),
            ErrorCode.KEY_DESTROYED.exitCode(),
            ErrorCode.OBJECT_MISSING.exitCode(),
            ErrorCode.OBJECT_DAMAGED.exitCode(),
            ErrorCode.MANIFEST_INVALID.exitCode(),
            ErrorCode.UNKNOWN_FORMAT_VERSION.exitCode());

    @TempDir
    private Path directory;

    private String backup;
    private String digest;

    @BeforeEach
    void setUp() throws IOException {
        CommandRun.configure(directory);
        SmallBank.write(directory, "first");
        succeed("archive init");
        succeed("backup bank");
        SmallBank.write(directory, "second");
        JsonNode second = succeed("backup bank");
        backup = second.get("backup").asText();
        digest = succeed("digest bank --at " + second.get("backupTimestamp").asText())
                .get("digest")
                .asText();
    }

    @TestFactory
    Stream<DynamicTest> restore_objectOfTheArchiveIsDamaged_restoresRightlyOrSaysSoAndChangesNoStore()
            throws IOException {
        Path archive = directory.resolve("archive");
        return files(archive).stream()
                // Of each journal the first record and the last ones stand for all.
                .filter(object -> !object.toString().matches(".*/journal/.*/000000(0[2-9]|1\\d)"))
                .flatMap(object -> Stream.of(Harm.values())
                        .map(harm -> dynamicTest(
                                harm + " " + archive.relativize(object),
                                () -> assertHarmIsFound(archive.relativize(object), harm))));
    }

    private void assertHarmIsFound(Path object, Harm harm) throws IOException {
        Path site = Files.createDirectory(directory.resolve("site"));
        try {
            CommandRun.configure(site);
            copy(directory.resolve("archive"), site.resolve("archive"));
            harm.inflict(site.resolve("archive"), object);

            CommandRun verify = CommandRun.in(site, "verify", "--level", "2");
            CommandRun restore = CommandRun.in(site, "restore", "bank", "--backup", backup);

            if (restore.exitCode() == 0) {
                assertThat(CommandRun.in(site, "digest", "bank", "--at", backupTimestamp(), "--json")
                                .json()
                                .get("digest")
                                .asText())
                        .isEqualTo(digest);
            } else {
                assertThat(restore.exitCode()).as(restore.err()).isIn(DAMAGED);
                assertRefusal(restore);
                assertThat(site.resolve("store/data")).doesNotExist();
                // A backup whose manifest is gone has left no trace that is signed; one that is named is missed.
                boolean isTraceless = object.endsWith("manifests/" + backup) && harm == Harm.MISSING;
                if (!isTraceless && !object.toString().contains("/lock/")) {
                    assertThat(verify.exitCode())
                            .as("verify finds it: " + verify.out())
                            .isNotZero();
                }
            }
            if (verify.exitCode() != 0 && verify.exitCode() != ErrorCode.VERIFICATION_FAILED.exitCode()) {
                assertThat(verify.exitCode()).as(verify.err()).isIn(DAMAGED);
                assertRefusal(verify);
            }
        } finally {
            delete(site);
        }
    }

    private String backupTimestamp() {
        return succeed("show bank " + backup).get("backupTimestamp").asText();
    }

    @Test
    void verify_packOfTheFirstBackupIsCut_namesTheObjectAndEveryBackupThatNeedsIt() throws IOException {
        Path archive = directory.resolve("archive");
        Path pack = files(archive.resolve("ns/bank/packs")).stream()
                .max(Comparator.comparingLong(file -> file.toFile().length()))
                .orElseThrow();
        Harm.TRUNCATED.inflict(archive, archive.relativize(pack));

        CommandRun verify = run("verify bank");

        assertThat(verify.exitCode()).isEqualTo(73);
        assertThat(verify.out()).contains(pack.getFileName().toString(), "DAMAGED");
    }

    @Test
    void restore_manifestEditedByHand_isRefused() throws IOException {
        Path manifest = directory.resolve("archive/ns/bank/manifests/" + backup);
        Files.writeString(
                manifest,
                Files.readString(manifest).replaceFirst("\"backupTimestamp\":\\d+", "\"backupTimestamp\":9999999"));

        assertRefusedAndNothingIsChanged(60, "restore bank --backup " + backup, "manifest");
        assertRefusedAndNothingIsChanged(60, "show bank " + backup, "manifest");
    }

    @Test
    void run_archiveOfALaterFormat_isRefused() throws IOException {
        Path header = directory.resolve("archive/tidemark-archive.json");
        Files.writeString(header, Files.readString(header).replaceFirst("\"format\":1", "\"format\":2"));

        assertRefusedAndNothingIsChanged(61, "backup bank", "2");
        assertRefusedAndNothingIsChanged(61, "restore bank", "2");
        assertRefusedAndNothingIsChanged(61, "verify", "2");
    }

    @Test
    void run_archiveOfAnotherInstallation_isRefused() throws IOException {
        Path config = directory.resolve("tidemark.yml");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("archive\n  key:", "archive\n  id: \"00000000000000000000000000000000\"\n  key:"));

        assertRefusedAndNothingIsChanged(52, "backup bank", "00000000000000000000000000000000");
        assertRefusedAndNothingIsChanged(52, "restore bank", "00000000000000000000000000000000");
    }

    @Test
    void run_manifestOfAnotherArchive_isRefused() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        CommandRun.configure(other);
        SmallBank.write(other, "foreign");
        assertThat(CommandRun.in(other, "archive", "init").exitCode()).isZero();
        String foreign = CommandRun.in(other, "backup", "bank", "--json")
                .json()
                .get("backup")
                .asText();
        Files.copy(
                other.resolve("archive/ns/bank/manifests/" + foreign),
                directory.resolve("archive/ns/bank/manifests/" + foreign));
        delete(other);

        assertRefusedAndNothingIsChanged(60, "restore bank --backup " + foreign, foreign);
    }

    @Test
    void run_wrongKey_isRefusedAndNotShown() throws IOException {
        Files.writeString(directory.resolve("key"), "battery staple ".repeat(3));

        for (String command : List.of("backup bank", "restore bank", "backups", "verify", "archive status")) {
            CommandRun run = assertRefusedAndNothingIsChanged(55, command, "key");
            assertThat(run.err() + run.out()).doesNotContain("battery staple");
        }
    }

    @Test
    void run_keyMisspelt_isSuggested() throws IOException {
        Path config = directory.resolve("tidemark.yml");
        Files.writeString(config, Files.readString(config).replace("directory: store", "directroy: store"));

        CommandRun run = assertRefusedAndNothingIsChanged(10, "backup bank", "directroy");
        assertThat(run.err()).contains("'directory'");
    }

    @Test
    void run_namespaceThatTheOracleDoesNotKnow_isNotCreated() throws IOException {
        Path config = directory.resolve("tidemark.yml");
        Files.writeString(config, Files.readString(config).replace("  bank:", "  bnak:"));

        assertRefusedAndNothingIsChanged(12, "backup bnak", "bnak");
        assertRefusedAndNothingIsChanged(12, "timestamp fetch", "bnak");
        assertRefusedAndNothingIsChanged(12, "digest bnak --at 5", "bnak");
        assertRefusedAndNothingIsChanged(12, "backup bank", "bnak");
    }

    @Test
    void restore_targetHoldsData_isRefused() throws IOException {
        assertRefusedAndNothingIsChanged(34, "restore bank", "holds data");
        assertRefusedAndNothingIsChanged(34, "restore bank --dry-run", "holds data");
    }

    @Test
    void fastForward_badFileOrTimestamp_isRefused() throws IOException {
        Files.writeString(directory.resolve("two-lines"), "5\n6\n");
        Files.writeString(directory.resolve("text"), "five\n");

        assertRefusedAndNothingIsChanged(15, "timestamp -f two-lines fast-forward", "two-lines");
        assertRefusedAndNothingIsChanged(15, "timestamp -f text fast-forward", "text");
        assertRefusedAndNothingIsChanged(15, "timestamp -f text clean-transactions --offline", "text");
        assertRefusedAndNothingIsChanged(16, "timestamp -t 9223372036854775807 fast-forward", "9223372036854775807");
    }

    private CommandRun assertRefusedAndNothingIsChanged(int exitCode, String line, String named) throws IOException {
        Map<String, String> before = content();

        CommandRun run = run(line);

        assertThat(run.exitCode()).as(line + ": " + run.out() + run.err()).isEqualTo(exitCode);
        assertRefusal(run);
        assertThat(run.err()).as(line).contains(named);
        assertThat(content()).as("nothing is changed by " + line).isEqualTo(before);
        CommandRun json = run(line + " --json");
        assertThat(json.json().at("/error/exitCode").asInt()).as(line).isEqualTo(exitCode);
        assertThat(json.json().at("/error/hint").asText()).as(line).isNotEmpty();
        return run;
    }

    private static void assertRefusal(CommandRun run) {
        assertThat(run.err().lines()).anyMatch(text -> text.startsWith("ERROR: "));
        assertThat(run.err().lines()).anyMatch(text -> text.startsWith("HINT: "));
        assertThat(run.err()).doesNotContain("\tat ", "Exception");
    }

    /** Hashes of all files, without those that only say who has a directory open. */
    private Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        for (Path file : files(directory)) {
            String name = directory.relativize(file).toString();
            if (!file.getFileName().toString().matches("(?i)lock|holder")) {
                content.put(name, sha256(Files.readAllBytes(file)));
            }
        }
        return content;
    }

    private JsonNode succeed(String line) {
        CommandRun run = run(line + " --json");
        assertThat(run.exitCode()).as(line + ": " + run.out() + run.err()).isZero();
        return run.json();
    }

    private CommandRun run(String line) {
        return CommandRun.in(directory, line.split(" "));
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path file : files(from)) {
            Path target = to.resolve(from.relativize(file));
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What can happen to an object. */
    private enum Harm {
        TRUNCATED,
        FLIPPED,
        MISSING,
        /** Replaced by another object of the same kind, or by another object at all when there is none. */
        SWAPPED,
        EMPTY;

        void inflict(Path archive, Path object) throws IOException {
            Path file = archive.resolve(object);
            byte[] content = Files.readAllBytes(file);
            file.toFile().setWritable(true);
            switch (this) {
                case TRUNCATED -> Files.write(file, Arrays.copyOf(content, content.length * 2 / 3));
                case FLIPPED -> {
                    content[content.length / 2] ^= 4;
                    Files.write(file, content);
                }
                case MISSING -> Files.delete(file);
                case SWAPPED -> Files.write(file, Files.readAllBytes(other(archive, file)));
                case EMPTY -> Files.write(file, new byte[0]);
            }
        }

        private static Path other(Path archive, Path file) throws IOException {
            for (Path folder = file.getParent(); ; folder = folder.getParent()) {
                List<Path> others = files(folder).stream()
                        .filter(other -> !other.equals(file))
                        .toList();
                if (!others.isEmpty()) {
                    return others.get(0);
                }
                if (folder.equals(archive)) {
                    throw new IllegalStateException("an archive of one object");
                }
            }
        }
    }
}
