package dev.tidemark.kvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampRangeTest {
    @ParameterizedTest
    @CsvSource({"0,5", "-1,5", "6,5", "1,0", "9223372036854775807,-9223372036854775808"})
    void create_endsOutOfOrderOrBelowOne_areRefused(long lower, long upper) {
        assertThatThrownBy(() -> new TimestampRange(lower, upper))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timestamp range: " + lower + ".." + upper + " (expected: 1 <= lower <= upper)");
    }

    @Test
    void contains_ends_areInclusive() {
        TimestampRange range = new TimestampRange(3, 5);

        assertThat(range.contains(2)).isFalse();
        assertThat(range.contains(3)).isTrue();
        assertThat(range.contains(5)).isTrue();
        assertThat(range.contains(6)).isFalse();
    }

    @Test
    void size_anyRange_countsBothEnds() {
        assertThat(new TimestampRange(3, 5).size()).isEqualTo(3);
        assertThat(new TimestampRange(7, 7).size()).isEqualTo(1);
        assertThat(new TimestampRange(1, Long.MAX_VALUE).size()).isEqualTo(Long.MAX_VALUE);
        assertThat(new TimestampRange(3, 5)).hasToString("3..5");
    }
}
