package dev.tidemark.kvs.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FencedTransactionTableTest {
    private static final List<TransactionEntry> SEEN =
            List.of(new TransactionEntry(7, new TransactionState.Committed(9)));

    private final List<Integer> asked = new ArrayList<>();

    @Test
    void abortAll_someNodesWereHandedOver_goesThroughOneThatWasNot() {
        FencedTransactionTable table = table(ErrorCode.NOT_ALLOWED_NOW, ErrorCode.NOT_ALLOWED_NOW, null);

        assertThat(table.abortAll(SEEN)).isEmpty();

        assertThat(asked).containsExactly(0, 1, 2);
    }

    @Test
    void abortAll_allNodesWereHandedOver_isRefused() {
        FencedTransactionTable table = table(ErrorCode.NOT_ALLOWED_NOW, ErrorCode.NOT_ALLOWED_NOW);

        assertFails(table, ErrorCode.NOT_ALLOWED_NOW);

        assertThat(asked).containsExactly(0, 1);
    }

    /** Who was overtaken must not find a node that has not heard of it yet. */
    @Test
    void abortAll_oneNodeHasSeenAGreaterEpoch_asksNoOther() {
        FencedTransactionTable table = table(ErrorCode.FENCED_OUT, null);

        assertFails(table, ErrorCode.FENCED_OUT);

        assertThat(asked).containsExactly(0);
    }

    private static void assertFails(FencedTransactionTable table, ErrorCode code) {
        assertThatThrownBy(() -> table.abortAll(SEEN))
                .isInstanceOfSatisfying(
                        KeyValueStoreException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** Returns a table whose agents refuse with these codes; null for one that does what it is told. */
    private FencedTransactionTable table(ErrorCode... refusals) {
        List<CassandraAgent> agents = Stream.iterate(0, i -> i < refusals.length, i -> i + 1)
                .map(i -> agent(i, refusals[i]))
                .toList();
        return new FencedTransactionTable(null, agents, new RestoreId("r-1", 10), TransactionsSchemaMap.always(3));
    }

    private CassandraAgent agent(int number, ErrorCode refusal) {
        return (CassandraAgent) Proxy.newProxyInstance(
                CassandraAgent.class.getClassLoader(),
                new Class<?>[] {CassandraAgent.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("abortAll");
                    asked.add(number);
                    if (refusal != null) {
                        throw new KeyValueStoreException(refusal, "refused", "Try another one.");
                    }
                    return List.of();
                });
    }
}
