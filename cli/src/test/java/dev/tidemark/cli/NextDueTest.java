package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NextDueTest {
    private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "PT24H, 2026-11-23T02:00:00Z",
        "P1D, 2026-11-23T02:00:00Z",
        "2026-11-22T02:00:01Z, 2026-11-22T02:00:01Z",
        "2026-11-23T03:00:00+01:00, 2026-11-23T02:00:00Z",
        "P400D, 2027-12-27T02:00:00Z"
    })
    void parse_timeOrDuration_isAnInstant(String text, Instant expected) {
        assertThat(NextDue.parse(text, NOW)).isEqualTo(expected);
    }

    @Test
    void parse_notGiven_saysNothing() {
        assertThat(NextDue.parse(null, NOW)).isEqualTo(Manifest.NO_NEXT_BACKUP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tomorrow",
                "PT0S",
                "PT-1H",
                "P",
                "P401D",
                "P9999999999999D",
                "2026-11-22T02:00:00Z",
                "2026-11-23T02:00:00",
                "1970-01-01T00:00:00Z",
                "2028-01-01T00:00:00Z",
                "+999999999-12-31T23:59:59Z"
            })
    void parse_anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> NextDue.parse(text, NOW))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("--next-due is")
                .hasMessageContaining("expected: ")
                .satisfies(e -> {
                    assertThat(((CliException) e).code()).isEqualTo(ErrorCode.INVALID_INPUT);
                    assertThat(((CliException) e).hint()).isNotEmpty();
                });
    }

    @Test
    void parse_now_isBeforeWhatIsAccepted() {
        assertThat(NextDue.parse("PT0.000001S", NOW)).isEqualTo(NOW.plus(1, ChronoUnit.MICROS));
    }
}
