package dev.tidemark.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkRunnerTest {
    private static final Instant NOW = Instant.parse("2026-11-05T10:15:30Z");

    @TempDir
    private Path directory;

    private final BenchmarkRunner runner = new BenchmarkRunner(InstantSource.fixed(NOW), this::nextNanos, "1.2.3");
    private final List<String> told = new ArrayList<>();
    private long nanos;

    @Test
    void run_ofSeveralRepeats_givesEachAnEmptyDirectory() throws Exception {
        Path scratch = directory.resolve("new/scratch");

        BenchmarkReport report = runner.run(new Writing(), scratch, 20, 3, 3, told::add);

        assertThat(told).containsExactly("repeat 1 of 3: writing", "repeat 2 of 3: writing", "repeat 3 of 3: writing");
        assertThat(report.repeatDurations()).hasSize(3).containsOnly(Duration.ofSeconds(1));
        assertThat(report.startedAt()).isEqualTo(NOW);
        assertThat(report.figures()).hasSize(1);
        assertThat(report.figures().get(0).figure().value()).isEqualTo(20);
        assertThat(report.toText()).contains("Benchmark 'writing', 20 files, seed 3, 3 repeats; tidemark 1.2.3");
        assertThat(scratch).doesNotExist();
    }

    @Test
    void run_thatFails_leavesNothingBehind() throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));

        assertThatThrownBy(() -> runner.run(new Writing(), scratch, 13, 1, 1, told::add))
                .hasMessage("planned");

        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void run_withoutADirectory_usesATemporaryOneAndRemovesIt() throws Exception {
        Writing writing = new Writing();

        runner.run(writing, null, 1, 1, 1, told::add);

        assertThat(told).containsExactly("writing");
        assertThat(writing.last).isAbsolute().doesNotExist();
    }

    @Test
    void run_inADirectoryOfSomebodyElse_isRefused() throws Exception {
        Files.createDirectories(directory.resolve("data/store"));

        assertThatThrownBy(() -> runner.run(new Writing(), directory.resolve("data"), 1, 1, 1, told::add))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ALLOWED_NOW));

        assertThat(directory.resolve("data/store")).isDirectory();
        assertThat(told).isEmpty();
    }

    private long nextNanos() {
        nanos += 1_000_000_000;
        return nanos;
    }

    /** Writes as many files as its size says, and fails at 13. */
    private static final class Writing implements Benchmark {
        private Path last;

        @Override
        public String name() {
            return "writing";
        }

        @Override
        public String summary() {
            return "Write files.";
        }

        @Override
        public BenchmarkSize size() {
            return new BenchmarkSize("files", 1, 5, 10, 20);
        }

        @Override
        public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) {
            assertThat(settings.directory()).isEmptyDirectory();
            last = settings.directory();
            progress.begins("writing");
            try {
                for (int i = 0; i < settings.size(); i++) {
                    Path folder = Files.createDirectories(settings.directory().resolve("folder-" + i));
                    Files.writeString(folder.resolve("file"), "content");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (settings.size() == 13) {
                throw new IllegalStateException("planned");
            }
            return List.of(Figure.rate("files", settings.size(), "files/s", "nothing", 1));
        }
    }
}
