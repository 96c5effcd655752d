package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.credential.Tokens;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCommandsTest {
    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-03-04T05:06:07Z"));

    @TempDir
    private Path directory;

    @Test
    void new_always_printsTheTokenAndTheEntryThatLetsItIn() throws IOException {
        CommandRun run = run("token new --name no --role operator --namespace orders --namespace billing"
                + " --expires 2999-01-01T00:00:00Z");

        assertThat(run.exitCode()).as(run.err()).isZero();
        String token = run.out()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("tdm_"))
                .findFirst()
                .orElseThrow();
        String entry =
                run.out().lines().dropWhile(line -> !line.startsWith("- ")).collect(Collectors.joining("\n"));
        Caller caller = tokens("tokens:\n" + entry).authenticate("Bearer " + token);
        assertThat(caller.name()).isEqualTo("no");
        assertThat(caller.role().word()).isEqualTo("operator");
        assertThat(caller.namespaces()).containsExactlyInAnyOrder("orders", "billing");
    }

    @Test
    void new_withJson_printsTheSame() throws IOException {
        CommandRun run = run("token new --name anna --role admin --json");

        JsonNode json = run.json();
        Tokens tokens = tokens("tokens: ["
                + json.get("entry")
                        .toString()
                        .replace(",\"namespaces\":null", "")
                        .replace(",\"expires\":null", "") + "]");
        assertThat(tokens.authenticate("Bearer " + json.get("token").textValue())
                        .name())
                .isEqualTo("anna");
    }

    @Test
    void new_twice_printsTwoTokens() throws IOException {
        assertThat(run("token new --name anna --role admin").out())
                .isNotEqualTo(run("token new --name anna --role admin").out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token",
                "token new",
                "token new --name anna",
                "token new --role admin",
                "token new --name anna --role root",
                "token new --name anna --role ADMIN",
                "token new --name an/na --role admin",
                "token new --name anna --role admin --namespace ../x",
                "token new --name anna --role admin --expires soon",
                "token new --name anna --role admin --expires 2020-01-01T00:00:00Z"
            })
    void new_badInput_isRefusedWithoutAToken(String command) {
        CommandRun run = run(command);

        assertThat(run.exitCode()).isEqualTo(ErrorCode.USAGE.exitCode());
        assertThat(run.out()).doesNotContain("tdm_");
        assertThat(run.err()).contains("ERROR", "HINT");
    }

    private CommandRun run(String command) {
        return CommandRun.in(directory, command.split(" "));
    }

    private Tokens tokens(String content) throws IOException {
        Path file = directory.resolve("tokens.yml");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content + "\n");
        return Tokens.open(List.of(), file, NOW, MonotonicClock.system());
    }
}
