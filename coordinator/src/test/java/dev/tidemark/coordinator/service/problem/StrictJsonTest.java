package dev.tidemark.coordinator.service.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    private final ObjectMapper mapper = Jackson.newObjectMapper();

    StrictJsonTest() {
        StrictJson.configure(mapper);
    }

    @Test
    void read_whatIsUnderstood_isRead() throws JsonProcessingException {
        assertThat(mapper.readValue("{\"isDry\":true,\"unit\":\"BYTE\",\"count\":3}", Sample.class))
                .isEqualTo(new Sample(true, Unit.BYTE, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"isDry\":null}",
                "{\"isDry\":\"true\"}",
                "{\"isDry\":1}",
                "{\"isDry\":true,\"unit\":0}",
                "{\"isDry\":true,\"unit\":\"\"}",
                "{\"isDry\":true,\"count\":1.0}",
                "{\"isDry\":true,\"count\":\"1\"}",
                "{\"isDry\":true,\"more\":1}",
                "{\"isDry\":true,\"isDry\":true}",
                "{\"isDry\":true} 1"
            })
    void read_anythingElse_isRefused(String json) {
        assertThatThrownBy(() -> mapper.readValue(json, Sample.class)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void read_numberOfMoreDigitsThanAllowed_isRefused() throws JsonProcessingException {
        String longest = "9".repeat(StrictJson.MAX_DIGITS);

        assertThat(mapper.readValue(longest, BigInteger.class)).isEqualTo(new BigInteger(longest));
        assertThatThrownBy(() -> mapper.readValue(longest + "9", BigInteger.class))
                .isInstanceOf(StreamConstraintsException.class);
    }

    private enum Unit {
        BYTE
    }

    private record Sample(boolean isDry, Unit unit, Integer count) {}
}
