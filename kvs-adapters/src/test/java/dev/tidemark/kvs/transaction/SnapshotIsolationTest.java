package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.OTHER;
import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static dev.tidemark.kvs.transaction.TransactionWorld.get;
import static dev.tidemark.kvs.transaction.TransactionWorld.put;
import static dev.tidemark.kvs.transaction.TransactionWorld.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotIsolationTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void commit_ofWrites_areSeenByLaterTransactionsOnly(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        TransactionalStore store = world.client();
        Transaction earlier = store.begin();
        Transaction writer = store.begin();

        writer.put(TABLE, cell("a"), value("1"));
        long commitTimestamp = writer.commit().orElseThrow();

        assertThat(get(earlier, "a")).isNull();
        assertThat(get(store, "a")).isEqualTo("1");
        assertThat(commitTimestamp).isGreaterThan(writer.startTimestamp());
        assertThat(writer.status()).isEqualTo(Transaction.Status.COMMITTED);
        assertThat(world.entries.read(writer.startTimestamp())).contains(TransactionState.committed(commitTimestamp));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void get_afterOtherCommits_staysTheSame(int schema) {
        TransactionWorld world = new TransactionWorld(schema);
        TransactionalStore store = world.client();
        put(store, "a", "1");
        Transaction reader = store.begin();
        assertThat(get(reader, "a")).isEqualTo("1");

        put(store, "a", "2");
        put(store, "b", "2");

        assertThat(get(reader, "a")).isEqualTo("1");
        assertThat(get(reader, "b")).isNull();
        assertThat(reader.commit()).isEmpty();
    }

    @Test
    void get_ofOwnWrites_seesThem() {
        TransactionalStore store = new TransactionWorld(1).client();
        put(store, "a", "1");
        put(store, "b", "1");
        try (Transaction transaction = store.begin()) {
            transaction.put(TABLE, cell("a"), value("2"));
            transaction.delete(TABLE, cell("b"));
            transaction.put(TABLE, cell("c"), value("2"));

            assertThat(transaction.get(TABLE, Set.of(cell("a"), cell("b"), cell("c"), cell("d"))))
                    .isEqualTo(Map.of(cell("a"), value("2"), cell("c"), value("2")));
        }
        assertThat(get(store, "a")).isEqualTo("1");
    }

    @Test
    void delete_committed_hidesOlderVersions() {
        TransactionalStore store = new TransactionWorld(3).client();
        put(store, "a", "1");

        store.execute(transaction -> {
            transaction.delete(TABLE, cell("a"));
            return null;
        });

        assertThat(get(store, "a")).isNull();
        put(store, "a", "2");
        assertThat(get(store, "a")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void commit_afterReadOfWhatAnotherChanged_conflictsWhenBothWriteIt(int schema) {
        TransactionalStore store = new TransactionWorld(schema).client();
        put(store, "a", "1");
        Transaction first = store.begin();
        Transaction second = store.begin();
        first.put(TABLE, cell("a"), value(get(first, "a") + "+"));
        second.put(TABLE, cell("a"), value(get(second, "a") + "-"));

        second.commit();

        assertCode(first::commit, ErrorCode.TRANSACTION_CONFLICT);
        assertThat(first.status()).isEqualTo(Transaction.Status.ABORTED);
        assertThat(get(store, "a")).isEqualTo("1-");
    }

    @Test
    void commit_ofBlindWrites_conflictsInBothOrders() {
        TransactionalStore store = new TransactionWorld(1).client();
        Transaction first = store.begin();
        Transaction second = store.begin();
        first.put(TABLE, cell("a"), value("first"));
        second.put(TABLE, cell("a"), value("second"));

        first.commit();

        assertCode(second::commit, ErrorCode.TRANSACTION_CONFLICT);
        assertThat(get(store, "a")).isEqualTo("first");
    }

    @Test
    void commit_ofDisjointWrites_allowsWriteSkew() {
        TransactionalStore store = new TransactionWorld(1).client();
        put(store, "a", "on");
        put(store, "b", "on");
        Transaction first = store.begin();
        Transaction second = store.begin();
        if ("on".equals(get(first, "b"))) {
            first.put(TABLE, cell("a"), value("off"));
        }
        if ("on".equals(get(second, "a"))) {
            second.put(TABLE, cell("b"), value("off"));
        }

        first.commit();
        second.commit();

        assertThat(get(store, "a") + get(store, "b")).isEqualTo("offoff");
    }

    @Test
    void commit_ofSeveralTables_isSeenAsOne() {
        TransactionWorld world = new TransactionWorld(2);
        TransactionalStore store = world.client();
        Transaction transaction = store.begin();
        transaction.put(TABLE, cell("a"), value("1"));
        transaction.put(OTHER, cell("a"), value("2"));

        long commitTimestamp = transaction.commit().orElseThrow();

        assertThat(world.visibleAt(commitTimestamp - 1, TABLE)).isEmpty();
        assertThat(world.visibleAt(commitTimestamp - 1, OTHER)).isEmpty();
        assertThat(world.visibleAt(commitTimestamp, TABLE)).containsEntry("a", "1");
        assertThat(world.visibleAt(commitTimestamp, OTHER)).containsEntry("a", "2");
    }

    @Test
    void commit_acrossASchemaChange_usesTheSchemaOfTheStart() {
        TransactionsSchemaMap schemas = new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 20L, 2, 40L, 3)));
        TransactionWorld world = new TransactionWorld(schemas);
        TransactionalStore store = world.client();

        for (int i = 0; i < 20; i++) {
            put(store, "a" + i, "" + i);
            put(store, "last", "" + i);
        }

        assertThat(world.oracle.lastTimestamp()).isGreaterThan(60);
        for (int i = 0; i < 20; i++) {
            assertThat(get(store, "a" + i)).isEqualTo("" + i);
        }
        assertThat(get(store, "last")).isEqualTo("19");
    }

    @Test
    void commit_withoutWrites_makesNoEntryAndFetchesNoTimestamp() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionalStore store = world.client();
        Transaction reader = store.begin();
        get(reader, "a");

        assertThat(reader.commit()).isEmpty();

        assertThat(world.oracle.takeCalls()).containsExactly("lock", "fresh", "unlock");
        assertThat(world.entries.read(reader.startTimestamp())).isEmpty();
    }

    @Test
    void commit_ofWrites_asksTheOracleInTheOrderOfTheProtocol() {
        TransactionWorld world = new TransactionWorld(1);

        put(world.client(), "a", "1");

        assertThat(world.oracle.takeCalls()).containsExactly("lock", "fresh", "commit", "refresh", "unlock");
        assertThat(world.oracle.leases()).isEmpty();
    }

    @Test
    void put_ofAnEmptyValue_isRefused() {
        Transaction transaction = new TransactionWorld(1).client().begin();

        assertThatThrownBy(() -> transaction.put(TABLE, cell("a"), Bytes.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: at least 1 byte");
    }

    @Test
    void put_intoATableOfTheProtocol_isRefused() {
        Transaction transaction = new TransactionWorld(1).client().begin();

        assertThatThrownBy(() -> transaction.put(TableName.of("_transactions"), cell("a"), value("1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TransactionWorld(1).client().createTable(TableName.of("_x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void put_beyondALimit_isRefusedAndTheTransactionGoesOn() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionOptions options = TransactionOptions.defaults().withMaxWrites(2, 20);
        Transaction transaction = world.client(TransactionEvents.NONE, options).begin();
        transaction.put(TABLE, cell("a"), value("1"));
        transaction.put(TABLE, cell("b"), value("1"));

        assertCode(() -> transaction.put(TABLE, cell("c"), value("1")), ErrorCode.INVALID_INPUT);
        assertCode(() -> transaction.put(TABLE, cell("b"), value("123456789012345678")), ErrorCode.INVALID_INPUT);
        transaction.put(TABLE, cell("b"), value("2"));
        transaction.commit();

        assertThat(world.visibleAt(world.oracle.lastTimestamp(), TABLE)).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void commit_intoAnUnknownTable_failsAndChangesNothing() {
        TransactionWorld world = new TransactionWorld(1);
        TransactionalStore store = world.client();
        Transaction transaction = store.begin();
        transaction.put(TABLE, cell("a"), value("1"));
        transaction.put(TableName.of("nowhere"), cell("a"), value("1"));

        assertCode(transaction::commit, ErrorCode.UNKNOWN_TABLE);

        assertThat(transaction.status()).isEqualTo(Transaction.Status.ABORTED);
        assertThat(get(store, "a")).isNull();
    }

    @Test
    void use_afterTheEnd_isRefused() {
        TransactionalStore store = new TransactionWorld(1).client();
        Transaction transaction = store.begin();
        transaction.abort();

        assertThatThrownBy(transaction::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> get(transaction, "a")).isInstanceOf(IllegalStateException.class);
        transaction.close();
        store.close();
        assertThatThrownBy(store::begin).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void create_withOtherSchemasThanTheStoreHas_isRefused() {
        TransactionWorld world = new TransactionWorld(1);

        assertCode(
                () -> new TransactionalStore(
                        world.cells,
                        TransactionsSchemaMap.always(3),
                        world.oracle,
                        world.seams(TransactionEvents.NONE),
                        TransactionOptions.defaults()),
                ErrorCode.STORE_UNSUPPORTED);
    }

    private static void assertCode(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
