package dev.tidemark.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks what the page about robustness says of the tests. */
class RobustnessPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("``([A-Z][A-Za-z0-9]*(?:Test|IT|Contract))``");
    private static final Pattern ID = Pattern.compile("(?m)^   \\* - ([A-I]-?\\d+)$");

    /** How many faults each part of the catalogue has. */
    private static final Map<String, Integer> CATALOGUE =
            Map.of("A", 16, "B", 18, "C", 19, "D", 11, "E", 14, "F", 11, "G", 10, "H", 12, "I-", 12);

    @Test
    void tests_ofThePage_exist() throws IOException {
        Set<String> known = new TreeSet<>();
        for (String module : List.of("kvs-adapters", "timestamp-service", "coordinator", "cli")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                files.map(file -> file.getFileName().toString().replace(".java", ""))
                        .forEach(known::add);
            }
        }

        Set<String> named = TEST.matcher(page())
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).isNotEmpty();
        assertThat(known).containsAll(named);
    }

    @Test
    void faults_ofTheCatalogue_areEachEitherCoveredOrOpen() throws IOException {
        List<String> expected = new ArrayList<>();
        new TreeMap<>(CATALOGUE).forEach((part, count) -> {
            for (int number = 1; number <= count; number++) {
                expected.add(part + number);
            }
        });

        List<String> ids = ID.matcher(page())
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();

        assertThat(ids).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/robustness.rst"));
    }
}
