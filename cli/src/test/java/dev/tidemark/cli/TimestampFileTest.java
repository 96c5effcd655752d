package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimestampFileTest {
    @TempDir
    private Path directory;

    @Test
    void write_newDirectory_hasTheFormatOfAtlasDb() throws IOException {
        Path file = directory.resolve("new/backup.timestamp");

        TimestampFile.write(file, 12345);
        TimestampFile.write(file, 67890);

        assertThat(file).hasContent("67890\n").hasSize(6);
        assertThat(Files.list(file.getParent())).containsExactly(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345", "12345\n", " 12345 \r\n", "+12345\n"})
    void read_oneNumber_isAccepted(String content) throws IOException {
        assertThat(TimestampFile.read(file(content))).isEqualTo(12345);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "1\n2\n",
                "1\n\n",
                "abc\n",
                "1 2\n",
                "0x10\n",
                "1.5\n",
                "9223372036854775808\n",
                "99999999999999999999999\n",
                "\u0661\n"
            })
    void read_anythingElse_isRefused(String content) throws IOException {
        Path file = file(content);

        assertThatThrownBy(() -> TimestampFile.read(file))
                .isInstanceOfSatisfying(CliException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP_FILE);
                    assertThat(e.hint()).contains("tidemark timestamp fetch");
                })
                .hasMessageContaining("expected: one line with a decimal number");
    }

    @Test
    void read_missingFileOrDirectory_isRefused() {
        assertThatThrownBy(() -> TimestampFile.read(directory.resolve("none"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> TimestampFile.read(directory)).isInstanceOf(CliException.class);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("timestamp"), content);
    }
}
