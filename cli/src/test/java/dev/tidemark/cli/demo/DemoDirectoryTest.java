package dev.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoDirectoryTest {
    @TempDir
    private Path temporary;

    @Test
    void prepare_directoryOfSomebodyElse_isRefusedAndKept() throws IOException {
        Path file = Files.writeString(temporary.resolve("thesis.txt"), "x");

        assertThatThrownBy(() -> DemoDirectory.prepare(temporary)).isInstanceOfSatisfying(CliException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW);
            assertThat(e.hint()).contains("--dir");
        });
        assertThatThrownBy(() -> DemoDirectory.prepare(file)).hasMessageContaining("is not a directory");
        assertThat(file).hasContent("x");
    }

    @Test
    void prepare_directoryOfAnEarlierDemo_isEmptied() throws IOException {
        Path root = temporary.resolve("demo");
        Files.createDirectories(DemoDirectory.prepare(root).store().resolve("data"));
        Files.writeString(root.resolve("store/data/file"), "x");

        DemoDirectory directory = DemoDirectory.prepare(root);

        assertThat(directory.store()).doesNotExist();
    }

    @Test
    void writeConfigurations_both_canBeReadAndThePassphraseIsPrivate() throws IOException {
        DemoDirectory directory = DemoDirectory.prepare(temporary.resolve("demo"));

        directory.writeConfigurations("secret");

        assertThat(Files.getPosixFilePermissions(directory.passphrase()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(new ConfigurationReader().read(directory.configuration()).namespaces())
                .containsOnlyKeys(DemoDirectory.NAMESPACE);
        assertThat(new ConfigurationReader()
                        .read(directory.scratchConfiguration())
                        .archive())
                .isEqualTo(new ConfigurationReader()
                        .read(directory.configuration())
                        .archive());
    }
}
