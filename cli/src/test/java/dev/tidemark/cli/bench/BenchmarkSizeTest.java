package dev.tidemark.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkSizeTest {
    private static final BenchmarkSize BYTES =
            new BenchmarkSize(BenchmarkSize.BYTES, 1 << 20, 2 << 20, 1 << 30, 1L << 40);
    private static final BenchmarkSize COMMITS = new BenchmarkSize("commits", 10, 1_000, 1_000_000, 10_000_000);

    @ParameterizedTest
    @CsvSource({"1048576, 1048576", "1MiB, 1048576", "1024 kib, 1048576", "64MiB, 67108864", "1GiB, 1073741824"})
    void parse_ofBytes_knowsTheirUnits(String text, long expected) {
        assertThat(BYTES.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "20k, 20000", "1M, 1000000", "10m, 10000000"})
    void parse_ofACount_knowsThousandsAndMillions(String text, long expected) {
        assertThat(COMMITS.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "9", "11M", "1MiB", "1.5k", "-10", "k", "999999999999999999k", "1e3"})
    void parse_ofWhatIsNoCountWithinTheLimits_isRefused(String text) {
        assertThatThrownBy(() -> COMMITS.parse(text))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
                .hasMessageContaining("'" + text + "' (expected: 10 commits to 10,000,000 commits)");
    }

    @Test
    void size_whoseStandardIsNotWithinTheLimits_isRefused() {
        assertThatThrownBy(() -> new BenchmarkSize("commits", 10, 5, 20, 30))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BenchmarkSize("commits", 10, 15, 40, 30))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
