package dev.tidemark.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @Test
    void of_pageWithBlocks_findsCommandsWithOutputAndExitCode() {
        List<String> page =
                """
                Title
                =====

                .. code-block:: console

                   $ first --option
                   line
                   ...
                   $ second
                   # exit code 12
                   ERROR: ...

                Text, then a block that is not run:

                .. code-block:: text

                   $ not this

                .. code-block:: console

                   $ third
                """
                        .lines()
                        .toList();

        assertThat(Example.of(page))
                .containsExactly(
                        new Example(6, "first --option", 0, List.of("line", "...")),
                        new Example(9, "second", 12, List.of("ERROR: ...")),
                        new Example(21, "third", 0, List.of()));
    }

    @Test
    void of_outputWithoutCommand_isRefused() {
        List<String> page = List.of(".. code-block:: console", "", "   output");

        assertThatThrownBy(() -> Example.of(page)).hasMessageContaining("line 3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            a            | a               | true
            a            | b               | false
            a ... z      | a b c z         | true
            a ... z      | a b c           | false
            Backup '...' | Backup 'x.1'    | true
            a.c          | abc             | false
            a            | a;b             | false
            a;...        | a               | true
            a;...        | a;b;c           | true
            a;...;d      | a;b;c;d         | true
            a;...;d      | a;b;c           | false
            """)
    void matches_expectedAndOutput_followsTheDots(String expected, String output, boolean isMatch) {
        Example example = new Example(1, "command", 0, List.of(expected.split(";")));

        assertThat(example.matches(output.replace(';', '\n') + "\n")).isEqualTo(isMatch);
    }

    @Test
    void run_commandsThatBuildOnEachOther_runInOneShell() {
        List<Example> examples = List.of(
                new Example(1, "mkdir sub && cd sub", 0, List.of()),
                new Example(2, "echo text > file", 0, List.of()),
                new Example(3, "cat file", 0, List.of("text")),
                new Example(4, "(echo ERROR: no >&2; exit 7)", 7, List.of("ERROR: ...")),
                new Example(5, "basename \"$PWD\"; echo $NAME", 0, List.of("sub", "value")));

        assertThatCode(() -> new ExampleRunner(directory, Map.of("NAME", "value"), LIMIT).run("page", examples))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"false, 0, x", "echo y, 0, x", "true, 3, x"})
    void run_otherThanThePageSays_namesPageLineAndCommand(String command, int exitCode, String expected) {
        List<Example> examples = List.of(new Example(17, command, exitCode, List.of(expected)));

        assertThatThrownBy(() -> new ExampleRunner(directory, Map.of(), LIMIT).run("page", examples))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("page:17: $ " + command);
    }
}
