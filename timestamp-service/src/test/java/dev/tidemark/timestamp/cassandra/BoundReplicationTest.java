package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.timestamp.TimestampException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundReplicationTest {
    private static final String NETWORK = "org.apache.cassandra.locator.NetworkTopologyStrategy";
    private static final String SIMPLE = "org.apache.cassandra.locator.SimpleStrategy";

    /** Options, then whether the local data center alone agrees, whether one copy is allowed, and whether that will do. */
    @ParameterizedTest
    @CsvSource({
        "N dc1=3, false, false, true",
        "N dc1=2, false, false, true",
        "N dc1=1, false, false, false",
        "N dc1=1, false, true, true",
        "N dc1=1 dc2=1, false, false, true",
        "N dc1=1 dc2=3, true, false, false",
        "N dc1=1 dc2=3, true, true, true",
        "N dc1=3 dc2=1, true, false, true",
        "N dc2=3, true, true, false",
        "N, false, true, false",
        "N dc1=3/1, false, true, false",
        "S replication_factor=3, false, false, false",
        "S replication_factor=1, false, true, true",
        "S replication_factor=3, true, true, false",
        "E, false, true, false"
    })
    void require_replication_isCheckedWhereChangesAreAgreedOn(
            String text, boolean isSerialLocal, boolean allowsSingle, boolean willDo) {
        Map<String, String> options = new TreeMap<>();
        String[] parts = text.split(" ", -1);
        options.put(
                "class",
                parts[0].equals("N")
                        ? NETWORK
                        : parts[0].equals("S") ? SIMPLE : "org.apache.cassandra.locator.EverywhereStrategy");
        Arrays.stream(parts).skip(1).forEach(option -> options.put(option.split("=", 2)[0], option.split("=", 2)[1]));
        CassandraBoundSettings settings = new CassandraBoundSettings(
                CqlSettings.of(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)), "dc1"),
                "oracle",
                Map.of(),
                isSerialLocal,
                allowsSingle);

        if (willDo) {
            assertThatCode(() -> BoundReplication.require(settings, options)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> BoundReplication.require(settings, options))
                    .isInstanceOfSatisfying(TimestampException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                        assertThat(e).hasMessageContaining("'oracle'");
                        assertThat(e.hint()).isNotEmpty();
                    });
        }
    }
}
