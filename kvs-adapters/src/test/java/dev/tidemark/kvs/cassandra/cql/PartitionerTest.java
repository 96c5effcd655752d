package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.STORE_UNSUPPORTED;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionerTest {
    @ParameterizedTest
    @CsvSource({
        "org.apache.cassandra.dht.ByteOrderedPartitioner,ORDERED",
        "com.palantir.atlasdb.keyvalue.cassandra.dht.AtlasDbOrderedPartitioner,ORDERED",
        "com.palantir.atlasdb.keyvalue.cassandra.dht.AtlasDbPartitioner,ORDERED",
        "org.apache.cassandra.dht.Murmur3Partitioner,MURMUR3",
        "org.apache.cassandra.dht.RandomPartitioner,RANDOM"
    })
    void of_classThatIsKnown_isItsKind(String className, Partitioner expected) {
        assertThat(Partitioner.of(className)).isEqualTo(expected);
    }

    @Test
    void of_otherClass_isRefused() {
        assertFails(STORE_UNSUPPORTED, () -> Partitioner.of("org.apache.cassandra.dht.OrderPreservingPartitioner"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void slice_anyNumber_followEachOtherAndAreTheRing(int slices) {
        for (Partitioner partitioner : List.of(Partitioner.MURMUR3, Partitioner.RANDOM)) {
            List<Object> ends = new ArrayList<>();
            for (int slice = 0; slice < slices; slice++) {
                List<Object> two = partitioner.slice(slice, slices);
                if (slice == 0) {
                    ends.add(two.get(0));
                }
                assertThat(two.get(0)).isEqualTo(ends.get(slice));
                ends.add(two.get(1));
            }
            assertThat(ends).doesNotHaveDuplicates();
            assertThat(ends.get(0))
                    .isEqualTo(partitioner == Partitioner.MURMUR3 ? (Object) Long.MIN_VALUE : BigInteger.valueOf(-1));
            assertThat(ends.get(slices))
                    .isEqualTo(
                            partitioner == Partitioner.MURMUR3
                                    ? (Object) Long.MAX_VALUE
                                    : BigInteger.ONE.shiftLeft(127));
        }
    }

    @Test
    void slice_orderedRing_isADefect() {
        assertThatThrownBy(() -> Partitioner.ORDERED.slice(0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tokenOrder_tokens_areInTheOrderOfTheirRing() {
        List<String> numbers = new ArrayList<>(List.of("10", "-9", "9", "-10"));
        List<String> bytes = new ArrayList<>(List.of("80", "00", "7fff", "8000"));

        numbers.sort(Partitioner.MURMUR3.tokenOrder());
        bytes.sort(Partitioner.ORDERED.tokenOrder());

        assertThat(numbers).containsExactly("-10", "-9", "9", "10");
        assertThat(bytes).containsExactly("00", "7fff", "80", "8000");
    }
}
