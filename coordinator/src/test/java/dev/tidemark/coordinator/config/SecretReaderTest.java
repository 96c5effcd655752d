package dev.tidemark.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretReaderTest {
    private final SecretReader reader = new SecretReader(Map.of("P", "from environment", "EMPTY", "")::get);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"correct horse ", "correct horse \n", "correct horse \r\n"})
    void line_oneLine_stripsOnlyTheLineEnd(String content) throws IOException {
        assertThat(reader.line("passphrase", file(content, "rw-------"), null)).isEqualTo("correct horse ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "a\nb\n", "a\n\n"})
    void line_otherNumberOfLines_isRefused(String content) throws IOException {
        Path file = file(content, "rw-------");

        assertThatThrownBy(() -> reader.line("passphrase", file, null))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("expected: exactly one");
    }

    @Test
    void line_readableByEveryone_isRefusedWithTheCommandToRun() throws IOException {
        Path file = file("secret\n", "rw-r--r--");

        assertThatThrownBy(() -> reader.line("passphrase", file, null))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.hint()).isEqualTo("Run: chmod 600 " + file))
                .hasMessageNotContaining("secret\n");
    }

    @Test
    void line_fromEnvironment_isTakenAsItIs() {
        assertThat(reader.line("passphrase", null, "P")).isEqualTo("from environment");
        assertThatThrownBy(() -> reader.line("passphrase", null, "EMPTY")).hasMessageContaining("'EMPTY' is missing");
        assertThatThrownBy(() -> reader.line("passphrase", null, "NONE")).hasMessageContaining("'NONE' is missing");
    }

    @Test
    void line_missingFile_isRefused() {
        assertThatThrownBy(() -> reader.line("passphrase", directory.resolve("none"), null))
                .hasMessageContaining("does not exist");
    }

    private Path file(String content, String permissions) throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
