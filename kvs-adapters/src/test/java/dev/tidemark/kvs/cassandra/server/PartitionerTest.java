package dev.tidemark.kvs.cassandra.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionerTest {
    @ParameterizedTest
    @CsvSource({
        "MURMUR3, 0, 1, 0",
        "MURMUR3, 0, 3, -6148914691236517206",
        "MURMUR3, 1, 3, 0",
        "MURMUR3, 2, 3, 6148914691236517205",
        "BYTE_ORDERED, 0, 1, 8000",
        "BYTE_ORDERED, 0, 3, 2aaa",
        "BYTE_ORDERED, 1, 3, 8000",
        "BYTE_ORDERED, 2, 3, d555",
        "BYTE_ORDERED, 0, 16, 0800",
    })
    void token_ofCount_dividesTheRingEvenly(Partitioner partitioner, int index, int count, String token) {
        assertThat(partitioner.token(index, count)).isEqualTo(token);
    }
}
