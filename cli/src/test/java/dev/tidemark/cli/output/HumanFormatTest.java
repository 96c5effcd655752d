package dev.tidemark.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HumanFormatTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "1048575, 1 MiB",
        "20971520, 20 MiB",
        "123456789, 118 MiB",
        "9223372036854775807, 8 EiB"
    })
    void bytes_anySize_hasUnit(long sizeBytes, String expected) {
        assertThat(HumanFormat.bytes(sizeBytes)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 ms",
        "PT0.999S, 999 ms",
        "PT3.44S, 3.4 s",
        "PT59.949S, 59.9 s",
        "PT59.951S, 1 min",
        "PT2M5S, 2 min 5 s",
        "PT3H10M20S, 3 h 10 min",
        "PT999H1S, > 999 h",
        "PT2562047788015215H, > 999 h"
    })
    void duration_anyLength_hasTwoUnitsAtMost(Duration duration, String expected) {
        assertThat(HumanFormat.duration(duration)).isEqualTo(expected);
    }

    @Test
    void count_withNoun_separatesThousandsAndTakesPlural() {
        assertThat(HumanFormat.count(1, "file")).isEqualTo("1 file");
        assertThat(HumanFormat.count(1_234_567, "file")).isEqualTo("1,234,567 files");
    }

    @Test
    void table_rows_areAlignedAndFreeOfControlCharacters() {
        Table table = new Table("NAME", ">SIZE").row("a", 5).row("long\u001b[2Jname\n", 12345);

        assertThat(table)
                .hasToString(
                        """
                        NAME            SIZE
                        a                  5
                        long [2Jname   12345
                        """);
    }
}
