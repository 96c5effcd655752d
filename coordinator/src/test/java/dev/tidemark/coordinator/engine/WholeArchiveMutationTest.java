package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.engine.ArchiveKind.Change;
import dev.tidemark.coordinator.simulation.FastSignatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * E5, H2, H7: every object of a whole archive is changed in every way there is. A verification names it, unless
 * {@link ArchiveKind} says why nobody needs to notice; a restore gives exactly what was backed up, or is refused; nothing ends as a
 * defect of Tidemark.
 *
 * <p>By default some objects of each kind are taken, and some bytes of each, from a seed ({@code -Dmutation.seed=N}).
 * {@code -Dmutation.stride=1} takes every object and every byte, which lasts an hour; a greater stride every so many bytes.
 * {@code -Dmutation.object=TEXT} takes only objects with the text in their names.
 */
class WholeArchiveMutationTest {
    private static final long SEED = Long.getLong("mutation.seed", 20261122);
    private static final int STRIDE = Integer.getInteger("mutation.stride", 0);
    private static final String OBJECT = System.getProperty("mutation.object", "");
    private static final int OBJECTS_OF_A_KIND = 2;
    private static final int FLIPS_OF_AN_OBJECT = 1;

    /** Every so many of the changes of what no restore reads is followed by a restore. */
    private static final int RESTORE_AFTER = 4;

    /** Every so many of the changes is followed by upkeep. */
    private static final int UPKEEP_AFTER = 8;

    private static final Pattern FOLDER_ON_PAGE = Pattern.compile("(?m)^   ((?:keys/master|audit|ns/NS/[a-z]+)/)");

    private static WholeArchive whole;
    private static int changes;

    private FastSignatures signatures;

    @BeforeAll
    static void create() {
        try (FastSignatures fast = installUnlessAll()) {
            whole = WholeArchive.create();
        }
    }

    /** A change of what is signed is found by the hash as well, and real signatures take most of the time. */
    private static FastSignatures installUnlessAll() {
        return STRIDE == 0 ? FastSignatures.install() : null;
    }

    @BeforeEach
    void install() {
        signatures = installUnlessAll();
    }

    @AfterEach
    void uninstall() {
        if (signatures != null) {
            signatures.close();
        }
    }

    @AfterAll
    static void report() {
        System.out.println(changes + " changes of " + whole.objects().size() + " objects, seed " + SEED);
        whole.close();
    }

    @Test
    void objects_ofTheArchive_areEachOfOneKindAndOfEveryKind() {
        Set<ArchiveKind> found = new TreeSet<>();
        whole.objects().keySet().forEach(key -> {
            assertThat(ArchiveKind.fitting(key)).as(key).hasSize(1);
            found.add(ArchiveKind.of(key));
        });

        assertThat(found).containsExactly(ArchiveKind.values());
    }

    /** A kind of object that the format's page names must be in the archive, or it would not be tried. */
    @Test
    void folders_ofTheFormatsPage_areAllInTheArchive() throws IOException {
        String page = Files.readString(Path.of("../docs/archive-format.rst"));
        Set<String> onPage = FOLDER_ON_PAGE
                .matcher(page)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(onPage).hasSizeGreaterThan(15);
        assertThat(onPage).allMatch(folder -> whole.objects().keySet().stream()
                .anyMatch(key -> key.replaceFirst("^ns/[^/]+/", "ns/NS/").startsWith(folder)));
    }

    @Test
    void archive_asItIs_isGoodAndRestores() {
        ChangedArchive same = new ChangedArchive(whole, whole.objects());

        assertThat(same.findings(true)).isEmpty();
        assertThat(whole.states).hasSize(2);
        assertThat(whole.states.keySet()).allMatch(same::isRestored);
        assertThat(same.isOtherRestored()).isTrue();
        assertThat(same.check(World.NAMESPACE).orElseThrow().backups())
                .as("a pack of theirs has a mark, and nothing else is wrong")
                .hasSize(2)
                .allMatch(backup -> backup.problems().stream().allMatch(text -> text.contains("is marked as damaged")));
        assertThat(same.afterUpkeep().findings(true)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anyChange_ofAnObject_isFoundAndNeverGivesWrongData(ArchiveKind kind) {
        List<String> keys = keys(kind);
        Random random = new Random(SEED + kind.ordinal());
        for (String key : keys) {
            for (Change change : wanted(key.equals(keys.get(0)), random)) {
                for (byte[] content : contents(key, change, random)) {
                    tryOut(key, change, content, random);
                }
            }
        }
    }

    /** Unless all is wanted, one of those that change the length, and of the other objects of a kind a flipped bit is enough. */
    private static List<Change> wanted(boolean isFirst, Random random) {
        List<Change> lengths = List.of(Change.EMPTIED, Change.HALVED, Change.SHORTENED, Change.EXTENDED);
        if (STRIDE > 0) {
            return List.of(Change.values());
        }
        return isFirst
                ? List.of(
                        Change.BIT_FLIPPED,
                        lengths.get(random.nextInt(lengths.size())),
                        Change.EXCHANGED,
                        Change.DELETED,
                        Change.PUT_BACK)
                : List.of(Change.BIT_FLIPPED);
    }

    /** What was deleted long ago and comes back must do no harm either. */
    @Test
    void deletedObject_thatComesBack_neverGivesWrongData() {
        Random random = new Random(SEED);
        Map<ArchiveKind, Integer> tried = new TreeMap<>();
        whole.earlier().forEach((key, contents) -> {
            boolean isWanted = !whole.objects().containsKey(key) && key.contains(OBJECT);
            if (isWanted && (STRIDE > 0 || tried.merge(ArchiveKind.of(key), 1, Integer::sum) <= 1)) {
                contents.forEach(content -> tryOut(key, Change.PUT_BACK, content, random));
            }
        });
        assertThat(STRIDE > 0 ? Set.of(ArchiveKind.PACK) : tried.keySet()).contains(ArchiveKind.PACK);
    }

    private static List<String> keys(ArchiveKind kind) {
        List<String> keys = new ArrayList<>(whole.objects().keySet().stream()
                .filter(key -> ArchiveKind.of(key) == kind && key.contains(OBJECT))
                .toList());
        if (STRIDE == 0) {
            Collections.shuffle(keys, new Random(SEED));
            return keys.subList(0, Math.min(OBJECTS_OF_A_KIND, keys.size()));
        }
        return keys;
    }

    /** Returns the contents that a change gives an object, null for none. */
    private static List<byte[]> contents(String key, Change change, Random random) {
        byte[] content = whole.objects().get(key);
        List<byte[]> contents = new ArrayList<>();
        switch (change) {
            case BIT_FLIPPED ->
                positions(content.length, random).forEach(at -> contents.add(flipped(content, at, random)));
            case EMPTIED -> contents.add(new byte[0]);
            case HALVED -> contents.add(Arrays.copyOf(content, content.length / 2));
            case SHORTENED -> contents.add(Arrays.copyOf(content, content.length - 1));
            case EXTENDED -> {
                byte[] longer = Arrays.copyOf(content, content.length + 1);
                longer[content.length] = (byte) random.nextInt();
                contents.add(longer);
            }
            case EXCHANGED -> contents.add(otherContent(key, random));
            case DELETED -> contents.add(null);
            case PUT_BACK -> contents.addAll(whole.earlier().getOrDefault(key, List.of()));
        }
        return contents;
    }

    private static List<Integer> positions(int length, Random random) {
        List<Integer> positions = new ArrayList<>();
        if (STRIDE == 0) {
            random.ints(FLIPS_OF_AN_OBJECT, 0, length).forEach(positions::add);
        } else {
            for (int at = 0; at < length; at += STRIDE) {
                positions.add(at);
            }
        }
        return positions;
    }

    private static byte[] flipped(byte[] content, int at, Random random) {
        byte[] changed = content.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }

    private static byte[] otherContent(String key, Random random) {
        List<String> others = whole.objects().keySet().stream()
                .filter(other -> !other.equals(key) && ArchiveKind.of(other) == ArchiveKind.of(key))
                .toList();
        List<String> chosen = others.isEmpty()
                ? List.of(whole.objects().firstKey(), whole.objects().lastKey())
                : others;
        return whole.objects().get(chosen.get(random.nextInt(chosen.size())));
    }

    private static void tryOut(String key, Change change, byte[] content, Random random) {
        changes++;
        Map<String, byte[]> objects = new TreeMap<>(whole.objects());
        if (content == null) {
            objects.remove(key);
        } else {
            objects.put(key, content);
        }
        ChangedArchive changed = new ChangedArchive(whole, objects);
        try {
            List<String> findings = changed.findings(isInTheAuditLog(key));
            if (mustBeFound(key, change, content)) {
                requireFound(key, change, findings);
            }
            if (STRIDE > 0 || ArchiveKind.of(key).isRead() || changes % RESTORE_AFTER == 0) {
                changed.check(World.NAMESPACE);
                requireRightData(key, changed, random);
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(describe(key, change, content), e);
        }
    }

    private static boolean isInTheAuditLog(String key) {
        return STRIDE > 0 || ArchiveKind.of(key) == ArchiveKind.AUDIT || ArchiveKind.of(key) == ArchiveKind.JOURNAL;
    }

    private static boolean mustBeFound(String key, Change change, byte[] content) {
        boolean isHarmless = ArchiveKind.of(key).whyHarmless(change).isPresent();
        return !isHarmless
                && whole.isNeeded(key)
                && !Arrays.equals(content, whole.objects().get(key))
                && !isForeignSlot(key, content);
    }

    /** Slots of other archives are left by creations that were interrupted: nobody complains of them. */
    private static boolean isForeignSlot(String key, byte[] content) {
        return ArchiveKind.of(key) == ArchiveKind.KEY_SLOT
                && content != null
                && !new String(content, StandardCharsets.UTF_8)
                        .contains("\"archiveId\":\"" + whole.world.archive.id() + "\"");
    }

    private static void requireFound(String key, Change change, List<String> findings) {
        String folder = key.substring(0, key.lastIndexOf('/') + 1);
        // Which object of several was there nobody knows, nor whether the slot or the key is the wrong one.
        boolean isFolderEnough = change == Change.DELETED || ArchiveKind.of(key) == ArchiveKind.KEY_SLOT;
        boolean isNamed = findings.stream()
                .anyMatch(finding -> finding.contains(key) || (isFolderEnough && finding.contains(folder)));
        assertThat(isNamed).as("named in %s", findings).isTrue();
    }

    /** One backup, or each; and upkeep, now and then, must not cost one that could be restored. */
    private static void requireRightData(String key, ChangedArchive changed, Random random) {
        List<String> backups = new ArrayList<>(whole.states.keySet());
        if (STRIDE == 0) {
            backups = List.of(backups.get(random.nextInt(backups.size())));
        }
        if (key.startsWith("ns/" + WholeArchive.OTHER + "/")) {
            changed.isOtherRestored();
            return;
        }
        List<String> restored = backups.stream().filter(changed::isRestored).toList();
        if (!restored.isEmpty() && changes % UPKEEP_AFTER == 0) {
            ChangedArchive after = changed.afterUpkeep();
            for (String backup : restored) {
                assertThat(after.isRestored(backup))
                        .as("backup '%s' after upkeep", backup)
                        .isTrue();
            }
        }
    }

    private static String describe(String key, Change change, byte[] content) {
        byte[] before = whole.objects().getOrDefault(key, new byte[0]);
        int at = content == null ? -1 : Arrays.mismatch(before, content);
        return change + " of '" + key + "'"
                + (change == Change.BIT_FLIPPED ? ", byte " + at + ": " + before[at] + " to " + content[at] : "")
                + "; again with -Dmutation.object=" + key + " -Dmutation.seed=" + SEED;
    }
}
