package dev.tidemark.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FigureTest {
    @Test
    void ratio_always_isTheValueDividedByTheBaseline() {
        assertThat(rate(30, 120).ratio()).isEqualTo(0.25);
        assertThat(rate(30, 120).better()).isEqualTo(Figure.Better.HIGHER);
        assertThat(Figure.cost("size", 1, Figure.BYTES, "all", 2).better()).isEqualTo(Figure.Better.LOWER);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void figure_ofAValueThatMeasuresNothing_isRefused(double value) {
        assertThatThrownBy(() -> rate(value, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> rate(1, value)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes/s, 1048576, 1 MiB/s",
        "bytes, 512, 512 B",
        "commits/s, 1234567, '1,234,567 commits/s'",
        "ms, 12.345, 12.3 ms",
        "ms, 0.512, 0.51 ms",
        "ms, 0.0123, 0.0123 ms"
    })
    void format_ofEachUnit_isReadable(String unit, double value, String expected) {
        assertThat(Figure.rate("x", 1, unit, "y", 1).format(value)).isEqualTo(expected);
    }

    @Test
    void summary_ofSeveralRepeats_isThatOfTheMedianRatio() {
        List<FigureSummary> summaries = FigureSummary.of(List.of(
                List.of(rate(90, 100), Figure.rate("other", 1, "x/s", "baseline", 1)),
                List.of(rate(10, 100), Figure.rate("other", 2, "x/s", "baseline", 1)),
                List.of(rate(5, 10), Figure.rate("other", 3, "x/s", "baseline", 1))));

        assertThat(summaries).hasSize(2);
        assertThat(summaries.get(0)).isEqualTo(new FigureSummary(rate(5, 10), 0.1, 0.9));
        assertThat(summaries.get(1).figure().value()).isEqualTo(2);
    }

    @Test
    void summary_ofAnEvenNumberOfRepeats_isTheLowerOneInTheMiddle() {
        List<FigureSummary> summaries = FigureSummary.of(
                List.of(List.of(rate(4, 1)), List.of(rate(1, 1)), List.of(rate(3, 1)), List.of(rate(2, 1))));

        assertThat(summaries).containsExactly(new FigureSummary(rate(2, 1), 1, 4));
    }

    @Test
    void summary_ofAFigureThatOneRepeatLacks_isRefused() {
        assertThatThrownBy(() -> FigureSummary.of(List.of(List.of(rate(1, 1)), List.of())))
                .isInstanceOf(IllegalStateException.class);
    }

    private static Figure rate(double value, double baselineValue) {
        return Figure.rate("name", value, "x/s", "baseline", baselineValue);
    }
}
