package dev.tidemark.timestamp.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CountTextTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "10, 10", "10000, 10000", "999999999, 999999999"})
    void digits_ofANumber_areItsValue(String text, int expected) {
        assertThat(CountText.digits(bytes(text), 0)).isEqualTo(expected);
        assertThat(CountText.digits(bytes("number=" + text), 7)).isEqualTo(expected);
        assertThat(CountText.object(bytes("{\"numTimestamps\":" + text + "}"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "01",
                "-1",
                "+1",
                "1.0",
                "1e3",
                " 1",
                "1 ",
                "x",
                "1x",
                "1000000000",
                "99999999999999999999"
            })
    void digits_ofAnythingElse_areNotUnderstood(String text) {
        assertThat(CountText.digits(bytes(text), 0)).isEqualTo(CountText.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"numTimestamps\":7}", " { \"numTimestamps\" : 7 } ", "\t{\r\n\"numTimestamps\"\n:\t7}\n"})
    void object_withTheCountAlone_isUnderstoodHoweverItIsSpaced(String text) {
        assertThat(CountText.object(bytes(text))).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "{",
                "{}",
                "[]",
                "null",
                "{\"numTimestamps\"}",
                "{\"numTimestamps\":}",
                "{\"numTimestamps\":7",
                "{\"numTimestamps\":7}}",
                "{\"numTimestamps\":7} x",
                "{\"numTimestamps\":7,}",
                "{\"numTimestamps\":\"7\"}",
                "{\"numTimestamps\":7.0}",
                "{\"numTimestamps\":-7}",
                "{\"numTimestamps\":07}",
                "{\"numTimestamps\":0}",
                "{\"numTimestamps\":null}",
                "{\"numTimestamp\":7}",
                "{\"numTimestampsX\":7}",
                "{numTimestamps:7}",
                "{'numTimestamps':7}",
                "{\"numTimestamps\" 7}",
                "{\"numTimestamps\":7 7}",
                "{\"numTimestamps\":7,\"more\":1}",
                "{\"numTimestamps\":7,\"numTimestamps\":8}",
                "\uFEFF{\"numTimestamps\":7}"
            })
    void object_ofAnotherForm_isNotUnderstood(String text) {
        assertThat(CountText.object(bytes(text))).isEqualTo(CountText.NONE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
