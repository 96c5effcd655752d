package dev.tidemark.kvs.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.TableName;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CassandraClusterTest {
    private static final Set<TableName> EXISTING =
            tables("_transactions2 accounts sweep__sweepProgressPerShard sweep__tableClears sweep__sweepableCells");

    /** H21: what the sweeper remembers must not depend on the replica; its queue is only read by it. */
    @ParameterizedTest
    @CsvSource({
        "_transactions2, _transactions2 sweep__sweepProgressPerShard sweep__tableClears",
        "_transactions2 accounts, _transactions2 accounts sweep__sweepProgressPerShard sweep__tableClears",
        "accounts, accounts"
    })
    void withSweepTables_internalOnesAreRepaired_hasThoseOfTheSweeper(String wanted, String repaired) {
        assertThat(CassandraCluster.withSweepTables(tables(wanted), EXISTING)).isEqualTo(tables(repaired));
    }

    private static Set<TableName> tables(String names) {
        return Arrays.stream(names.split(" ", -1)).map(TableName::of).collect(Collectors.toSet());
    }
}
