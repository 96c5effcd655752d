package dev.tidemark.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.output.ProgressPrinter.Style;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProgressPrinterTest {
    private static final long MIB = 1 << 20;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream target = new PrintStream(written, true, StandardCharsets.UTF_8);
    private long nanos = 1_000_000_000L;

    @Test
    void progress_plain_printsAtMostOneLineEveryFiveSeconds() {
        ProgressPrinter printer = new ProgressPrinter(target, Style.PLAIN, () -> nanos);

        printer.operationStarted("b-1", "backup", "bank", false);
        printer.stepStarted("b-1", "copy");
        for (int i = 1; i <= 100; i++) {
            advance(Duration.ofMillis(100));
            printer.progress("b-1", "copy", i * MIB, 100 * MIB, i);
        }
        printer.stepFinished("b-1", "copy");

        assertThat(text())
                .isEqualTo(
                        """
                        backup 'b-1' of namespace 'bank' begins
                          copy   50 %  50 MiB of 100 MiB  10 MiB/s  ETA 5 s
                          copy  100 %  100 MiB of 100 MiB  10 MiB/s  ETA 0 ms
                          copy: done in 10 s, 100 MiB
                        """);
    }

    @Test
    void progress_terminal_drawsBarThatNeverGoesBack() {
        ProgressPrinter printer = new ProgressPrinter(target, Style.TERMINAL, () -> nanos);

        printer.stepStarted("b-1", "copy");
        for (long done : List.of(10L, 50L, 40L, 60L)) {
            advance(Duration.ofSeconds(1));
            printer.progress("b-1", "copy", done * MIB, 100 * MIB, 0);
        }
        advance(Duration.ofSeconds(1));
        printer.progress("b-1", "copy", 60 * MIB, 200 * MIB, 0);

        List<String> drawn = Arrays.stream(text().split("\r\u001b\\[K"))
                .filter(line -> line.contains("%"))
                .toList();
        assertThat(drawn)
                .extracting(line -> line.replaceAll(".*\\] +(\\d+) %.*", "$1"))
                .containsExactly("10", "50", "50", "60", "60");
        assertThat(drawn.get(1))
                .isEqualTo("  copy  [############............]  50 %  50 MiB of 100 MiB  25 MiB/s  ETA 2 s");
    }

    @Test
    void progress_nothingDoneForYears_boundsTheEstimate() {
        ProgressPrinter printer = new ProgressPrinter(target, Style.PLAIN, () -> nanos);

        printer.stepStarted("b-1", "copy");
        advance(Duration.ofDays(10_000));
        printer.progress("b-1", "copy", 1, Long.MAX_VALUE, 0);

        assertThat(text()).contains("ETA > 999 h");
    }

    @Test
    void note_withControlCharacters_isMadeHarmless() {
        ProgressPrinter printer = new ProgressPrinter(target, Style.PLAIN, () -> nanos);

        printer.note("b-1", "name '\u001b[31mx\n'");

        assertThat(text()).isEqualTo("  note: name ' [31mx '\n");
    }

    private void advance(Duration duration) {
        nanos += duration.toNanos();
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
