package dev.tidemark.kvs.cassandra.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "/10.0.0.1, 10.0.0.1",
        "10.0.0.1:7000, 10.0.0.1",
        "127.0.0.1:17010, 127.0.0.1-17010",
        "'[2001:db8:0:0:0:0:0:1]:7000', 2001-db8-0-0-0-0-0-1",
        "'[::1]:17010', 0-0-0-0-0-0-0-1-17010",
        "2001:db8::1, 2001-db8-0-0-0-0-0-1"
    })
    void parse_whatVersionsSay_namesTheNode(String text, String name) {
        assertThat(NodeAddress.parse(text).nodeId()).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "node1.example.com", "10.0.0.1:", "localhost:7000", "[::1"})
    void parse_anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> NodeAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: IP[:PORT])");
    }
}
