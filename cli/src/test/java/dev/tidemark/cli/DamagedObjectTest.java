package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Objects of an archive that are cut off, changed by one bit, gone or exchanged: what a restore and a verification say. */
@Execution(ExecutionMode.CONCURRENT)
final class DamagedObjectTest {
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
        installation.loseStore();
    }

    private enum Kind {
        PACK("ns/bank/packs/"),
        INDEX("ns/bank/index/"),
        FILE_LIST("ns/bank/lists/"),
        MANIFEST("ns/bank/manifests/"),
        JOURNAL("ns/bank/journal/"),
        LOCK("ns/bank/lock/"),
        NAMESPACE_KEY("ns/bank/keys/"),
        KEY_SLOT("keys/master/"),
        HEADER("tidemark-archive.json");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    private enum Damage {
        CUT_OFF,
        EMPTY,
        BIT_FLIPPED,
        MISSING,
        EXCHANGED
    }

    /** What a restore of the newer backup says; null when it succeeds because the object is not needed for it. */
    static Stream<Arguments> damages() {
        return Stream.of(
                arguments(Kind.PACK, Damage.CUT_OFF, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.PACK, Damage.EMPTY, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.PACK, Damage.MISSING, ErrorCode.OBJECT_MISSING),
                arguments(Kind.PACK, Damage.EXCHANGED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.FILE_LIST, Damage.CUT_OFF, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.FILE_LIST, Damage.EMPTY, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.FILE_LIST, Damage.BIT_FLIPPED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.FILE_LIST, Damage.MISSING, ErrorCode.OBJECT_MISSING),
                arguments(Kind.FILE_LIST, Damage.EXCHANGED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.MANIFEST, Damage.CUT_OFF, ErrorCode.MANIFEST_INVALID),
                arguments(Kind.MANIFEST, Damage.EMPTY, ErrorCode.MANIFEST_INVALID),
                arguments(Kind.MANIFEST, Damage.BIT_FLIPPED, ErrorCode.MANIFEST_INVALID),
                arguments(Kind.MANIFEST, Damage.MISSING, ErrorCode.OBJECT_MISSING),
                arguments(Kind.MANIFEST, Damage.EXCHANGED, ErrorCode.MANIFEST_INVALID),
                arguments(Kind.LOCK, Damage.CUT_OFF, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.LOCK, Damage.EMPTY, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.LOCK, Damage.BIT_FLIPPED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.LOCK, Damage.EXCHANGED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.NAMESPACE_KEY, Damage.CUT_OFF, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.NAMESPACE_KEY, Damage.EMPTY, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.NAMESPACE_KEY, Damage.BIT_FLIPPED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.NAMESPACE_KEY, Damage.MISSING, ErrorCode.KEY_DESTROYED),
                arguments(Kind.NAMESPACE_KEY, Damage.EXCHANGED, ErrorCode.OBJECT_DAMAGED));
    }

    /** Without header or key slot nothing of the archive can be read: every command says so. */
    static Stream<Arguments> damagesOfTheWhole() {
        return Stream.of(
                arguments(Kind.HEADER, Damage.CUT_OFF, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.HEADER, Damage.EMPTY, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.HEADER, Damage.BIT_FLIPPED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.HEADER, Damage.MISSING, ErrorCode.ARCHIVE_NOT_FOUND),
                arguments(Kind.HEADER, Damage.EXCHANGED, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.KEY_SLOT, Damage.CUT_OFF, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.KEY_SLOT, Damage.EMPTY, ErrorCode.OBJECT_DAMAGED),
                arguments(Kind.KEY_SLOT, Damage.MISSING, ErrorCode.OBJECT_MISSING),
                arguments(Kind.KEY_SLOT, Damage.EXCHANGED, ErrorCode.OBJECT_DAMAGED));
    }

    /** The index can be had again from the packs, and the journal of an operation that has ended is history. */
    static Stream<Arguments> damagesThatCostNothing() {
        return Stream.of(Kind.INDEX, Kind.JOURNAL)
                .flatMap(kind -> Arrays.stream(Damage.values()).map(damage -> arguments(kind, damage)));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void restore_objectThatItNeedsIsDamaged_isRefused(Kind kind, Damage damage, ErrorCode code) {
        List<Path> damaged = damage(kind, damage);
        // Of two objects that were exchanged either may be met first.
        boolean isOneOfSeveral = kind == Kind.NAMESPACE_KEY || damaged.size() > 1;
        String object = isOneOfSeveral ? kind.prefix : installation.key(damaged.get(0));

        installation.assertRefused("restore bank", code, object);
        installation.assertRefused("restore bank --dry-run", code, object);
    }

    @ParameterizedTest
    @MethodSource("damagesOfTheWhole")
    void run_headerOrKeySlotIsDamaged_isRefused(Kind kind, Damage damage, ErrorCode code) {
        List<Path> damaged = damage(kind, damage);
        String object = damage == Damage.MISSING
                ? installation.resolve("archive").toString()
                : installation.key(damaged.get(0));

        for (String line :
                new String[] {"restore bank", "backup bank", "verify", "verify --level 2", "backups", "operations"}) {
            installation.assertRefused(line, code, object);
        }
    }

    @ParameterizedTest
    @MethodSource("damages")
    void verify_objectIsDamaged_namesItAndTheBackupsThatSuffer(Kind kind, Damage damage, ErrorCode code) {
        List<Path> damaged = damage(kind, damage);

        for (int level = 1; level <= 2; level++) {
            JsonNode report = verify(level);
            for (Path object : damaged) {
                String name = kind == Kind.NAMESPACE_KEY ? kind.prefix : installation.key(object);
                assertThat(report.toString()).as("level %d", level).contains(name);
            }
            assertThat(hurt(report))
                    .as("level %d: %s", level, report)
                    .containsExactlyInAnyOrderElementsOf(hurtBy(kind, damage));
        }
    }

    @ParameterizedTest
    @MethodSource("damagesThatCostNothing")
    void verify_objectThatCanBeDoneWithout_isNamedAndNoBackupSuffers(Kind kind, Damage damage) {
        List<Path> damaged = damage(kind, damage);

        for (int level = 1; level <= 2; level++) {
            JsonNode report = verify(level);
            for (Path object : damaged) {
                boolean isGone = damage == Damage.MISSING;
                String name = installation.key(object);
                assertThat(report.toString())
                        .as("level %d", level)
                        .contains(isGone ? name.substring(0, name.lastIndexOf('/')) : name);
            }
            assertThat(hurt(report)).as("level %d: %s", level, report).isEmpty();
        }
        assertThat(installation.succeed("restore bank").get("backup").asText())
                .isEqualTo(installation.backups().get(1));
    }

    /**
     * Level 1 can't see it, and a restore sees it when it stages the file: after it has taken the lock, has made its plan,
     * for which it asks the oracle for a timestamp, and has begun a journal. No lease was ended and nothing was put in place.
     */
    @Test
    void restore_bitOfAPackIsFlipped_isRefusedBeforeTheFenceAndLeavesNothing() {
        Path pack = damage(Kind.PACK, Damage.BIT_FLIPPED).get(0);
        String newer = installation.backups().get(1);
        Inventory before = installation.inventory();
        long timestamp =
                installation.succeed("timestamp fetch").get("timestamp").asLong();

        installation.assertReported("restore bank", ErrorCode.OBJECT_DAMAGED, installation.key(pack));

        Inventory after = installation.inventory();
        assertThat(after.below("store").keySet())
                .allMatch(path -> path.matches("store(/lock|/restore(/\\.epoch-\\d+)?)?"));
        assertThat(withoutRecords(after)).isEqualTo(withoutRecords(before));
        assertThat(after.below("archive/ns/bank/journal/").entrySet())
                .containsAll(before.below("archive/ns/bank/journal/").entrySet());
        assertThat(installation.succeed("timestamp fetch").get("timestamp").asLong())
                .as("the oracle is not fenced and has not jumped")
                .isBetween(timestamp, timestamp + 20_000_000);
        assertThat(installation
                        .succeed("operations bank")
                        .at("/operations/0/outcome")
                        .asText())
                .isEqualTo("failed");
        JsonNode report = verify(2);
        assertThat(report.toString()).contains(installation.key(pack));
        assertThat(hurt(report)).containsExactly(newer);
        assertThat(hurt(installation.run("verify --level 1 --json").json()))
                .as("known since level 2 has found it")
                .containsExactly(newer);
        String older = installation.backups().get(0);
        assertThat(installation
                        .succeed("restore bank --backup " + older)
                        .get("backup")
                        .asText())
                .isEqualTo(older);
    }

    private static Map<String, String> withoutRecords(Inventory inventory) {
        Map<String, String> archive = inventory.below("archive/");
        archive.keySet()
                .removeIf(path -> path.startsWith("archive/ns/bank/journal")
                        || path.startsWith("archive/ns/bank/lock/")
                        || path.startsWith("archive/audit/"));
        return archive;
    }

    private JsonNode verify(int level) {
        Inventory before = installation.inventory();
        CommandRun run = installation.run("verify --json --level " + level);
        assertThat(run.exitCode()).as(run.out()).isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
        assertThat(run.err()).isEmpty();
        assertThat(installation.run("verify --level " + level).exitCode())
                .isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
        assertThat(withoutFindings(installation.inventory())).isEqualTo(withoutFindings(before));
        return run.json();
    }

    /** What verification itself writes: marks, certificates, and what it remembers. */
    private static Map<String, String> withoutFindings(Inventory inventory) {
        Map<String, String> all = inventory.below("");
        all.keySet().removeIf(path -> path.matches("archive/ns/bank/(damage|certificates|verified)(/.*)?"));
        return all;
    }

    private static List<String> hurt(JsonNode report) {
        List<String> hurt = new ArrayList<>();
        report.at("/namespaces/0/backups").forEach(backup -> {
            if (!backup.get("good").asBoolean()) {
                hurt.add(backup.get("backup").asText());
            }
        });
        return hurt;
    }

    private List<String> hurtBy(Kind kind, Damage damage) {
        List<String> backups = new Installation(original).backups();
        if (kind == Kind.LOCK) {
            return List.of();
        }
        boolean isOfBoth = kind == Kind.NAMESPACE_KEY || damage == Damage.EXCHANGED;
        return isOfBoth ? backups : backups.subList(1, 2);
    }

    /** Damages what only the newer backup needs, or both when objects of one kind change places. */
    private List<Path> damage(Kind kind, Damage damage) {
        List<Path> objects = installation.objects(kind.prefix);
        Path chosen = kind == Kind.JOURNAL || kind == Kind.LOCK ? objects.get(objects.size() - 1) : newest(objects);
        try {
            byte[] content = Files.readAllBytes(chosen);
            switch (damage) {
                case CUT_OFF -> Files.write(chosen, Arrays.copyOf(content, content.length - 10));
                case EMPTY -> Files.write(chosen, new byte[0]);
                case BIT_FLIPPED -> {
                    content[content.length / 2] ^= 1;
                    Files.write(chosen, content);
                }
                case MISSING -> Files.delete(chosen);
                case EXCHANGED -> {
                    return exchange(objects, chosen);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(chosen);
    }

    /** Exchanges the contents of two objects of one kind; one that is alone gets the content of an object of another kind. */
    private List<Path> exchange(List<Path> objects, Path chosen) throws IOException {
        Optional<Path> other =
                objects.stream().filter(object -> !object.equals(chosen)).findFirst();
        byte[] content = Files.readAllBytes(chosen);
        if (other.isPresent()) {
            Files.write(chosen, Files.readAllBytes(other.get()));
            Files.write(other.get(), content);
            return List.of(chosen, other.get());
        }
        Kind foreign = chosen.endsWith(Kind.HEADER.prefix) ? Kind.KEY_SLOT : Kind.HEADER;
        Files.write(
                chosen, Files.readAllBytes(installation.objects(foreign.prefix).get(0)));
        return List.of(chosen);
    }

    private static Path newest(List<Path> objects) {
        return objects.stream()
                .max(Comparator.comparing(DamagedObjectTest::modified))
                .orElseThrow();
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
