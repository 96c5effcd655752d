package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TidemarkTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                        | a command is missing | tidemark --help",
                "restor bank               | restor               | restore",
                "backup bank --labl a=b    | --labl               | --label",
                "backup                    | NAMESPACE            | tidemark backup --help",
                "digest bank --at x        | --at                 | tidemark digest --help",
                "timestamp                 | sub-command          | tidemark timestamp --help",
                "timestamp fetsh           | fetsh                | fetch",
                "archive                   | sub-command          | tidemark archive --help",
                "backup bank --label x     | --label              | tidemark backup --help"
            })
    void run_commandLineThatIsWrong_exitsWith2AndSuggests(String line, String message, String hint) {
        CommandRun.configure(directory);
        CommandRun run = CommandRun.in(directory, line.isEmpty() ? new String[0] : line.split(" +"));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("ERROR: ")
                .contains(message)
                .contains("HINT: ")
                .contains(hint);
    }

    @Test
    void run_wrongCommandLineWithJson_writesOneDocument() {
        CommandRun run = CommandRun.in(directory, "restor", "bank", "--json");

        JsonNode error = run.json().get("error");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEmpty();
        assertThat(error.get("code").asText()).isEqualTo("USAGE");
        assertThat(error.get("exitCode").asInt()).isEqualTo(2);
        assertThat(error.get("hint").asText()).contains("restore");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "backup --help", "timestamp fetch -h", "-h"})
    void run_help_isShownWithoutConfiguration(String line) {
        CommandRun run = CommandRun.in(directory, line.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: tidemark");
    }

    @Test
    void run_version_isThatOfTheBuild() {
        CommandRun run = CommandRun.in(directory, "-V");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).matches("tidemark \\d+\\.\\d+\\.\\d+.*\n");
    }

    @Test
    void run_withoutConfiguration_saysWhereItLooked() {
        CommandRun run = CommandRun.in(directory, "backups");

        assertThat(run.exitCode()).isEqualTo(10);
        assertThat(run.err())
                .contains("ERROR: configuration '" + directory.resolve("tidemark.yml") + "' does not exist")
                .contains("HINT: Name the file with --config or the environment variable TIDEMARK_CONFIG.");
    }

    @Test
    void run_configurationFromEnvironment_isReadUnlessOneIsNamed() throws IOException {
        Files.writeString(directory.resolve("a.yml"), "a: 1\n");
        Files.writeString(directory.resolve("b.yml"), "b: 1\n");
        Map<String, String> environment = Map.of("TIDEMARK_CONFIG", "a.yml");

        assertThat(CommandRun.in(directory, environment, "backups").err()).contains("unknown key 'a'");
        assertThat(CommandRun.in(directory, environment, "backups", "-c", "b.yml")
                        .err())
                .contains("unknown key 'b'");
        assertThat(CommandRun.in(directory, environment, "--config", "b.yml", "backups")
                        .err())
                .contains("unknown key 'b'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backup bnak",
                "backups bnak",
                "show bnak x",
                "restore bnak",
                "restore bnak --dry-run",
                "resume bnak",
                "cancel bnak x",
                "operations bnak",
                "verify bnak",
                "digest bnak --at 5",
                "timestamp --namespace bnak fetch",
                "timestamp fast-forward -t 5 --namespace bnak"
            })
    void run_unknownNamespace_suggestsBeforeAnythingIsOpened(String line) {
        CommandRun.configure(directory);

        CommandRun run = CommandRun.in(directory, (line + " --json").split(" "));

        assertThat(run.exitCode()).as(run.out()).isEqualTo(12);
        assertThat(run.json().at("/error/hint").asText()).contains("'bank'");
        assertThat(directory.resolve("oracle")).doesNotExist();
        assertThat(directory.resolve("archive")).doesNotExist();
        assertThat(directory.resolve("store")).doesNotExist();
    }

    @Test
    void run_debug_showsTheStackTrace() {
        assertThat(CommandRun.in(directory, "backups").err()).doesNotContain("\tat ");
        assertThat(CommandRun.in(directory, "backups", "--debug").err()).contains("\tat ");
    }

    @Test
    void run_completion_isAScriptWithEveryCommand() {
        CommandRun run = CommandRun.in(directory, "completion");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("complete -F")
                .contains("fast-forward", "--forbid-degraded", "clean-transactions");
    }
}
