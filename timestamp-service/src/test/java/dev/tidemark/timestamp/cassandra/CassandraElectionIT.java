package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.leader.Candidate;
import dev.tidemark.timestamp.leader.ElectedOracles;
import dev.tidemark.timestamp.oracle.OracleSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two servers over one keyspace, in a time that passes when the test says so. */
class CassandraElectionIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static final int MANY = OracleLimits.MAX_TIMESTAMPS_PER_REQUEST;
    private static final Duration LEASE = Duration.ofSeconds(2);

    private static BoundKeyspace keyspace;

    private final ManualTime firstTime = new ManualTime();
    private final ManualTime secondTime = new ManualTime();

    @BeforeAll
    static void createKeyspace() {
        keyspace = new BoundKeyspace(CASSANDRA.servers());
    }

    @AfterAll
    static void disconnect() {
        keyspace.close();
    }

    @BeforeEach
    void empty() {
        keyspace.empty();
    }

    @Test
    void failover_leaderDies_nextOneIssuesAboveEverything() {
        ElectedOracles first = start("first", firstTime, false);
        first.oracles().create("orders");
        long issued = 0;
        while (issued < 1_500_000) { // over the end of a window
            issued = first.oracles().get("orders").freshTimestamps(MANY).upper();
        }
        ElectedOracles second = start("second", secondTime, false);
        assertThat(second.isLeading()).isFalse();

        firstTime.close(); // it has died
        secondTime.advance(LEASE.minusMillis(200));
        assertThat(second.isLeading()).isFalse();
        secondTime.advance(Duration.ofMillis(400));
        assertThat(second.isLeading()).isTrue();
        long fresh = second.oracles().get("orders").freshTimestamp();

        assertThat(fresh).isGreaterThan(issued);
        second.oracles().get("orders").fastForward(50_000_000);
        assertThat(second.oracles().get("orders").freshTimestamp()).isGreaterThan(50_000_000);
        second.close();
    }

    @Test
    void fastForward_thenFailover_holds() {
        ElectedOracles first = start("first", firstTime, true);
        first.oracles().create("orders");
        first.oracles().get("orders").fastForward(7_000_000_000L);
        ElectedOracles second = start("second", secondTime, true);

        first.close(); // releases the lease
        secondTime.advance(Duration.ofMillis(200));

        assertThat(second.isLeading()).isTrue();
        assertThat(second.oracles().get("orders").freshTimestamp()).isGreaterThan(7_000_000_000L);
        second.close();
    }

    /** A leader that stood still while another one was elected finds its epoch gone, and its lease by its own clock. */
    @Test
    void staleLeader_afterAnotherWasElected_neverAnswersAgain() {
        ElectedOracles first = start("first", firstTime, false);
        first.oracles().create("orders");
        long before = first.oracles().get("orders").freshTimestamp();
        ElectedOracles second = start("second", secondTime, false);
        secondTime.advance(LEASE.plusMillis(200));
        assertThat(second.isLeading()).isTrue();
        long issued = second.oracles().get("orders").freshTimestamp();
        assertThat(issued).isGreaterThan(before);

        // Its clock has stood still: the bound in the store is all that is left, and it is of another epoch.
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        first.oracles().get("orders").freshTimestamps(MANY);
                    }
                })
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BOUND_STORE_IN_USE));
        firstTime.advance(Duration.ofSeconds(1));
        assertThat(first.isLeading()).isFalse();
        assertThatThrownBy(first::oracles).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER);
            assertThat(e).hasMessageContaining("second");
        });
        first.close();
        second.close();
    }

    private static ElectedOracles start(String id, ManualTime time, boolean isStrict) {
        return ElectedOracles.start(
                keyspace.open(),
                new OracleSettings(Duration.ofSeconds(20), OracleLimits.MAX_FAST_FORWARD, 100),
                time.seams(),
                new Candidate(id, "", LEASE),
                isStrict);
    }
}
