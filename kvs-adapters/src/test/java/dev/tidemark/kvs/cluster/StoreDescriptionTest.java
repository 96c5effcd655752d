package dev.tidemark.kvs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StoreDescriptionTest {
    @Test
    void whyUnreadable_atOrAboveTheEarliest_isEmpty() {
        assertThat(withEarliest(10).whyUnreadable("main", 10)).isEmpty();
    }

    @Test
    void whyUnreadable_belowTheEarliest_namesBoth() {
        assertThat(withEarliest(10).whyUnreadable("main", 9))
                .hasValue("garbage collection of store 'main' has passed timestamp 9 (earliest readable: 10)");
    }

    @Test
    void whyUnreadable_nothingIsRecorded_saysThatAndNoNumber() {
        assertThat(withEarliest(StoreDescription.NOT_RECORDED).whyUnreadable("main", 9))
                .hasValue("store 'main' does not record how far its garbage collection has got, so that it may have"
                        + " passed timestamp 9");
    }

    private static StoreDescription withEarliest(long earliest) {
        return new StoreDescription(
                "test",
                "1",
                List.of(new NodeDescription(new NodeId("n"), true, List.of("all"))),
                1,
                1,
                new TreeSet<>(),
                Map.of(),
                TransactionsSchemaMap.always(1),
                Long.MAX_VALUE,
                earliest,
                StoreDescription.NO_SKEW_LIMIT);
    }
}
