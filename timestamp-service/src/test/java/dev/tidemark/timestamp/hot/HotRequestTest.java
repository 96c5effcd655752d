package dev.tidemark.timestamp.hot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.hot.HotRequest.Form;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HotRequestTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tl/ts1/a | | CONJURE_ONE",
                "tl/ts/a | | CONJURE_SEVERAL",
                "tl/t2/a | | CONJURE_SEVERAL_2",
                "a/timestamp/fresh-timestamp | | LEGACY_ONE",
                "a/timelock/fresh-timestamp | | LEGACY_ONE",
                "a/timestamp/fresh-timestamps | number=7 | LEGACY_SEVERAL",
                "a/timelock/fresh-timestamps | number=7 | LEGACY_SEVERAL"
            })
    void parse_formsOfTimeLock_areKnown(String path, String query, Form form) {
        assertThat(HotRequest.parse(path, query))
                .contains(new HotRequest(form, "a", query == null ? CountText.NONE : 7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' |",
                "tl |",
                "tl/ |",
                "tl/ts |",
                "tl/ts/ |",
                "tl/ts/a/ |",
                "tl/ts/a/b |",
                "tl/rl/a |",
                "tl/ts1/a | x=1",
                "tl/ts1/a | ''",
                "a |",
                "a/ |",
                "/timestamp/fresh-timestamp |",
                "a/timestamp |",
                "a/timestamp/fresh-timestamp/ |",
                "a/timestamp/fresh-timestamp | number=7",
                "a/timestamp/fresh-timestamps |",
                "a/timestamp/fresh-timestamps | ''",
                "a/timestamp/fresh-timestamps | number=",
                "a/timestamp/fresh-timestamps | number=0",
                "a/timestamp/fresh-timestamps | number=7&x=1",
                "a/timestamp/fresh-timestamps | x=1&number=7",
                "a/timestamp/fresh-timestamps | number=%37",
                "a/timelock/immutable-timestamp |"
            })
    void parse_anythingElse_isNotKnown(String path, String query) {
        assertThat(HotRequest.parse(path, query)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONJURE_ONE | 5",
                "LEGACY_ONE | 5",
                "CONJURE_SEVERAL | {\"inclusiveLower\":5,\"inclusiveUpper\":11}",
                "CONJURE_SEVERAL_2 | {\"start\":5,\"count\":7}",
                "LEGACY_SEVERAL | {\"lowerBound\":5,\"upperBound\":11}"
            })
    void answer_ofEachForm_isItsJson(Form form, String json) {
        assertThat(new String(new HotRequest(form, "a", 7).answer(5, 7), StandardCharsets.US_ASCII))
                .isEqualTo(json);
    }
}
