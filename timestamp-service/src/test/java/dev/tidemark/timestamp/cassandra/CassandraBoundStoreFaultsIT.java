package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of answers that are lost, of changes that arrive twice, and of rows that somebody else has written. */
class CassandraBoundStoreFaultsIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static final BoundState STATE = new BoundState(3, 1_000, "");
    private static final BoundState NEXT = new BoundState(3, 2_000, "");
    private static final LeaderRecord RECORD =
            new LeaderRecord(3, 7, "a", "http://127.0.0.1:1", Duration.ofSeconds(2), false);

    /** Later than any clock of a node: microseconds since 1970. */
    private static final long FUTURE = 9_000_000_000_000_000L;

    private static BoundKeyspace keyspace;

    private SharedBoundStore store;

    @BeforeAll
    static void createKeyspace() {
        keyspace = new BoundKeyspace(CASSANDRA.servers(), Duration.ofSeconds(2));
    }

    @AfterAll
    static void disconnect() {
        keyspace.close();
    }

    @BeforeEach
    void open() {
        keyspace.empty();
        store = keyspace.open();
        store.create("orders", STATE);
        store.replaceLeader(Optional.empty(), RECORD);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void compareAndSet_ownChangeArrivesTwice_isDone() {
        UUID writer = UUID.fromString("0f14d0ab-9605-4a62-a9e4-5ed26688389b");
        BoundTable table = new BoundTable(keyspace.statements(), writer);
        writeBound(NEXT, writer, 1);

        assertThat(table.compareAndSet("orders", STATE, NEXT)).isTrue();
    }

    /** Another process may have written what this one wants to write; then it has not taken it over. */
    @Test
    void compareAndSet_equalStateOfAnother_isRefused() {
        UUID writer = UUID.fromString("0f14d0ab-9605-4a62-a9e4-5ed26688389b");
        BoundTable table = new BoundTable(keyspace.statements(), writer);

        writeBound(NEXT, UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"), 1);
        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> table.compareAndSet("orders", STATE, NEXT));

        writeBound(NEXT, writer, 1);
        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> table.compareAndSet("orders", STATE, NEXT));
    }

    @Test
    void replaceLeader_ownChangeArrivesTwice_isDone() {
        LeaderRecord next = RECORD.renewed(8);
        writeLeader(next);

        assertThat(store.replaceLeader(Optional.of(RECORD), next)).isTrue();
        assertThat(store.replaceLeader(Optional.empty(), next)).isTrue();
        assertThat(store.replaceLeader(Optional.of(RECORD), RECORD.renewed(9))).isFalse();
    }

    @Test
    void anyMethod_nodeDoesNotAnswer_isUnavailableAndNeverNotChanged() {
        store.create("stopped", STATE); // of this test alone: the change may arrive at any time
        CassandraServer node = CASSANDRA.servers().nodes().get(0);
        node.pause();
        try {
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> store.compareAndSet("stopped", STATE, NEXT));
        } finally {
            node.resume();
        }
        assertThat(store.read("stopped")).isIn(STATE, NEXT);
    }

    @Test
    void read_boundWentBack_isDamagedForGood() {
        store.compareAndSet("orders", STATE, NEXT);
        writeBound(STATE, UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"), 1);

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.read("orders"));

        writeBound(NEXT, UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"), 2);
        assertDamaged();
        assertThat(keyspace.open().read("orders")).isEqualTo(NEXT); // after a restart
    }

    @Test
    void read_epochWentBack_isDamagedForGood() {
        assertThat(store.read("orders")).isEqualTo(STATE);
        writeBound(new BoundState(2, 5_000, ""), UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"), 1);

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.read("orders"));
        assertDamaged();
    }

    @Test
    void compareAndSet_boundWentBack_isDamagedForGood() {
        writeBound(new BoundState(3, 999, ""), UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"), 1);

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.compareAndSet("orders", STATE, NEXT));
        assertDamaged();
    }

    @Test
    void read_boundIsGone_isDamagedForGood() {
        keyspace.cql("DELETE FROM %sbounds WHERE namespace = 'orders'");

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> keyspace.open().read("orders"));
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.read("orders"));
        assertDamaged();
    }

    @Test
    void compareAndSet_boundIsGone_isDamagedForGood() {
        keyspace.cql("DELETE FROM %sbounds WHERE namespace = 'orders'");

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> keyspace.open().compareAndSet("orders", STATE, NEXT));
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.compareAndSet("orders", STATE, NEXT));
        assertDamaged();
    }

    @Test
    void namespaces_nameIsGone_isDamagedForGood() {
        keyspace.cql("DELETE FROM %snamespaces WHERE store = 0");

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.namespaces());
        assertDamaged();
    }

    @Test
    void leader_recordWentBackOrIsGone_isDamagedForGood() {
        writeLeader(RECORD.renewed(6));
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.leader());
        assertDamaged();

        SharedBoundStore other = keyspace.open();
        assertThat(other.leader()).contains(RECORD.renewed(6));
        keyspace.cql("DELETE FROM %sleader WHERE id = 0");
        assertFails(
                ErrorCode.BOUND_STORE_DAMAGED,
                () -> other.replaceLeader(Optional.of(RECORD.renewed(6)), RECORD.renewed(8)));
    }

    @Test
    void read_rowThatNobodyOfOursWrote_isDamaged() {
        keyspace.cql("UPDATE %sbounds SET bound = -1 WHERE namespace = 'orders'");
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> keyspace.open().read("orders"));

        keyspace.cql("UPDATE %sbounds SET bound = 5000, fence_id = null WHERE namespace = 'orders'");
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> keyspace.open().read("orders"));

        keyspace.cql("UPDATE %sleader SET lease_millis = 0 WHERE id = 0");
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> keyspace.open().leader());
    }

    /** Cassandra says that such a row was changed, and keeps the old value, which has the later write time. */
    @Test
    void compareAndSet_boundWrittenInTheFuture_isRefusedInsteadOfLost() {
        keyspace.cql("UPDATE %sbounds USING TIMESTAMP " + FUTURE + " SET bound = 1000 WHERE namespace = 'orders'");

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.compareAndSet("orders", STATE, NEXT));
        assertDamaged();
    }

    @Test
    void compareAndSet_fenceWrittenInTheFuture_isRefusedInsteadOfLost() {
        keyspace.cql("UPDATE %sbounds USING TIMESTAMP " + FUTURE + " SET fence_id = '',"
                + " writer = 7d444840-9dc0-11d1-b245-5ffdce74fad2, change = 1 WHERE namespace = 'orders'");

        assertFails(
                ErrorCode.BOUND_STORE_DAMAGED, () -> store.compareAndSet("orders", STATE, STATE.withFenceId("r-1")));
    }

    @Test
    void replaceLeader_recordWrittenInTheFuture_isRefusedInsteadOfLost() {
        keyspace.cql("UPDATE %sleader USING TIMESTAMP " + FUTURE + " SET renewal = 7 WHERE id = 0");

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.replaceLeader(Optional.of(RECORD), RECORD.renewed(8)));
        assertDamaged();
    }

    @Test
    void replaceLeader_holderWrittenInTheFuture_isRefusedInsteadOfMixed() {
        keyspace.cql("UPDATE %sleader USING TIMESTAMP " + FUTURE + " SET holder = 'a' WHERE id = 0");
        LeaderRecord next = new LeaderRecord(4, 1, "b", "", Duration.ofSeconds(2), false);

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.replaceLeader(Optional.of(RECORD), next));
    }

    @Test
    void create_boundDeletedInTheFuture_isRefusedInsteadOfLost() {
        keyspace.cql("DELETE FROM %sbounds USING TIMESTAMP " + FUTURE + " WHERE namespace = 'stock'");

        assertThatThrownBy(() -> store.create("stock")).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.BOUND_STORE_DAMAGED);
            assertThat(e.hint()).contains("clocks");
        });
        assertDamaged();
    }

    @Test
    void create_nameDeletedInTheFuture_isRefusedInsteadOfLost() {
        keyspace.cql("DELETE FROM %snamespaces USING TIMESTAMP " + FUTURE + " WHERE store = 0 AND namespace = 'stock'");

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.create("stock"));
        assertDamaged();
    }

    @Test
    void change_answerThatSaysNothing_isUnknown() {
        assertFails(
                ErrorCode.ORACLE_UNAVAILABLE,
                () -> ConditionalAnswer.of("change", keyspace.cql("SELECT release_version FROM system.local")));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> ConditionalAnswer.of("change", List.of()));
    }

    @Test
    void statements_always_areAgreedOnByAQuorumAndSentOnce() {
        String read = "SELECT bound FROM %sbounds WHERE namespace = 'orders'";
        String change = "UPDATE %sbounds SET bound = 5 WHERE namespace = 'orders' IF bound = 4";
        BoundStatements everywhere = keyspace.statements();
        BoundStatements local = new BoundStatements(keyspace.session(), keyspace.localSettings());

        for (BoundStatements statements : List.of(everywhere, local)) {
            boolean isLocal = statements == local;
            ConsistencyLevel serial = isLocal ? ConsistencyLevel.LOCAL_SERIAL : ConsistencyLevel.SERIAL;
            ConsistencyLevel quorum = isLocal ? ConsistencyLevel.LOCAL_QUORUM : ConsistencyLevel.QUORUM;
            BoundStatement changing = statements.lightweight(statements.serialLevel(), "change", change);
            assertThat(changing.getSerialConsistencyLevel()).isEqualTo(serial);
            assertThat(changing.getConsistencyLevel()).isEqualTo(quorum);
            assertThat(changing.isIdempotent()).isFalse();
            assertThat(statements.serial("read", read).getConsistencyLevel()).isEqualTo(serial);
            assertThat(statements.plain("read", read).getConsistencyLevel()).isEqualTo(quorum);
        }
    }

    /** A namespace exists when it is listed; a creation that died before goes on with what it has written. */
    @Test
    void create_afterOneThatDied_endsIt() {
        keyspace.cql("DELETE FROM %snamespaces WHERE store = 0");
        SharedBoundStore next = keyspace.open();

        assertThat(next.namespaces()).isEmpty();
        assertFails(ErrorCode.UNKNOWN_NAMESPACE, () -> next.read("orders"));
        assertFails(ErrorCode.UNKNOWN_NAMESPACE, () -> next.compareAndSet("orders", STATE, NEXT));

        assertThat(next.create("orders")).isEqualTo(STATE);
        assertThat(next.namespaces()).containsExactly("orders");
    }

    private void assertDamaged() {
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.read("orders"));
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.compareAndSet("orders", STATE, NEXT));
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.namespaces());
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.leader());
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store.create("stock"));
    }

    private static void writeBound(BoundState state, UUID writer, long change) {
        keyspace.cql(
                "INSERT INTO %sbounds (namespace, epoch, bound, fence_id, writer, change)"
                        + " VALUES ('orders', ?, ?, ?, ?, ?)",
                state.epoch(), state.bound(), state.fenceId(), writer, change);
    }

    private static void writeLeader(LeaderRecord record) {
        keyspace.cql(
                "INSERT INTO %sleader (id, epoch, renewal, holder, address, lease_millis, is_released)"
                        + " VALUES (0, ?, ?, ?, ?, ?, ?)",
                record.epoch(),
                record.renewal(),
                record.holder(),
                record.address(),
                record.lease().toMillis(),
                record.isReleased());
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.hint()).isNotEmpty();
        });
    }
}
