package dev.tidemark.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks what pages say of each other and of the code, as far as text can be checked. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DOCS = ROOT.resolve("docs");
    private static final Pattern DOC_ROLE = Pattern.compile(":doc:`(?:[^`<]*<)?([^`>]+)>?`");
    private static final Pattern LINK = Pattern.compile("`[^`<]+<([^`>:]+)>`_");
    private static final Pattern TOC_ENTRY = Pattern.compile("(?m)^   ([a-z0-9][a-z0-9/-]*)$");
    private static final Pattern EXIT_CODE = Pattern.compile("exit code (\\d+)");

    static List<Path> pages() {
        try (Stream<Path> files = Files.walk(DOCS)) {
            return Stream.concat(files, Stream.of(ROOT.resolve("README.rst")))
                    .filter(file -> file.toString().endsWith(".rst"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("can't list " + DOCS, e);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void references_ofEveryPage_leadSomewhere(Path page) {
        String text = read(page);

        assertThat(matches(DOC_ROLE, text).map(target -> page.resolveSibling(target + ".rst")))
                .allSatisfy(target -> assertThat(target).exists());
        assertThat(matches(LINK, text).map(page::resolveSibling))
                .allSatisfy(target -> assertThat(target).exists());
    }

    @Test
    void tablesOfContents_together_nameEveryPage() {
        Set<Path> named = new TreeSet<>();
        for (String index : List.of("index.rst", "adr/index.rst", "runbooks/index.rst")) {
            Path page = DOCS.resolve(index);
            matches(TOC_ENTRY, read(page)).forEach(entry -> named.add(page.resolveSibling(entry + ".rst")));
        }

        assertThat(pages().stream().filter(page -> page.startsWith(DOCS) && !page.equals(DOCS.resolve("index.rst"))))
                .containsExactlyInAnyOrderElementsOf(named);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void exitCodes_ofEveryPage_exist(Path page) {
        Set<Integer> known =
                Arrays.stream(ErrorCode.values()).map(ErrorCode::exitCode).collect(Collectors.toSet());

        assertThat(matches(EXIT_CODE, read(page)).map(Integer::valueOf).filter(code -> code != 0))
                .allSatisfy(code -> assertThat(known).contains(code));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void examples_ofEveryPage_canBeParsed(Path page) {
        assertThat(Example.of(read(page).lines().toList())).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void lines_ofEveryPage_fitTheWidth(Path page) {
        assertThat(read(page).lines().filter(line -> line.codePointCount(0, line.length()) > 120))
                .isEmpty();
    }

    private static Stream<String> matches(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().map((MatchResult result) -> result.group(1));
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + page, e);
        }
    }
}
