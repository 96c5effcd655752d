package dev.tidemark.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.operation.ParallelWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The baseline must really do what it says: what it sealed can be opened, and only unchanged. */
class BareLoopTest {
    private static final int CHUNK = 100_000;

    @TempDir
    private Path directory;

    private final BareLoop loop = new BareLoop(new ParallelWork(Runnable::run, 1), CHUNK);
    private Path sealedFile;
    private List<Path> files;

    @BeforeEach
    void write() throws Exception {
        byte[] random = new byte[250_000];
        new Random(1).nextBytes(random);
        sealedFile = directory.resolve("sealed");
        files = List.of(
                Files.write(directory.resolve("random"), random),
                Files.write(directory.resolve("zeros"), new byte[350_000]),
                Files.write(directory.resolve("short"), new byte[3]),
                Files.createFile(directory.resolve("empty")));
    }

    @Test
    void decrypt_ofWhatWasSealed_isFound() throws Exception {
        List<BareLoop.Piece> sealed = loop.seal(files, sealedFile);

        loop.encrypt(files);
        loop.decrypt(sealed);

        assertThat(sealed).hasSize(3 + 4 + 1);
        assertThat(Files.size(sealedFile)).isBetween(250_000L, 260_000L);
    }

    @Test
    void decrypt_ofAPieceThatWasChanged_fails() throws Exception {
        List<BareLoop.Piece> sealed = loop.seal(files, sealedFile);
        byte[] content = Files.readAllBytes(sealedFile);
        BareLoop.Piece last = sealed.stream()
                .max(Comparator.comparingLong(BareLoop.Piece::offset))
                .orElseThrow();
        content[(int) last.offset() + last.length() - 1] ^= 1;
        Files.write(sealedFile, content);

        assertThatThrownBy(() -> loop.decrypt(sealed)).isInstanceOf(IllegalStateException.class);
    }
}
