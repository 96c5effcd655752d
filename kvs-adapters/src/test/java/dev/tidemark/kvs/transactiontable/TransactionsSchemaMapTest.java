package dev.tidemark.kvs.transactiontable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.NodeFiles;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionsSchemaMapTest {
    private final TreeMap<Long, Integer> versions = new TreeMap<>(Map.of(1L, 1, 100L, 3, 200L, 2));

    @ParameterizedTest
    @CsvSource({"1,1", "99,1", "100,3", "199,3", "200,2", "9223372036854775807,2"})
    void versionAt_anyTimestamp_isThatOfTheLastChange(long startTimestamp, int version) {
        assertThat(new TransactionsSchemaMap(versions).versionAt(startTimestamp))
                .isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void versionAt_timestampBelowOne_isRefused(long startTimestamp) {
        assertThatThrownBy(() -> TransactionsSchemaMap.always(1).versionAt(startTimestamp))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("startTimestamp: " + startTimestamp);
    }

    @Test
    void create_mapChangedLater_keepsItsEntries() {
        TransactionsSchemaMap schemas = new TransactionsSchemaMap(versions);

        versions.put(1L, 2);

        assertThat(schemas.versionAt(1)).isEqualTo(1);
        assertThatThrownBy(() -> schemas.firstTimestampToVersion().put(5L, 1))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void create_firstEntryNotAtOne_isRefused() {
        assertThatThrownBy(() -> new TransactionsSchemaMap(new TreeMap<>()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TransactionsSchemaMap(new TreeMap<>(Map.of(2L, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TransactionsSchemaMap(new TreeMap<>(Map.of(0L, 1, 1L, 2))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, -1})
    void create_unknownVersion_isRefusedWithItsCode(int version) {
        NodeFiles.assertFails(
                ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                () -> new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5L, version))));
    }
}
