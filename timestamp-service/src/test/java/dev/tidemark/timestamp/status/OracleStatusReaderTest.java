package dev.tidemark.timestamp.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OracleStatusReaderTest {
    private final ManualTime time = new ManualTime();
    private final InMemoryBoundStore store = new InMemoryBoundStore();
    private final TimestampOracles oracles = new TimestampOracles(store, OracleSettings.defaults(), time);
    private final OracleStatusReader reader = new OracleStatusReader(oracles, "server-1", "memory", "here");

    @Test
    void read_namespacesInUseAndNot_showsWhatIsKnown() {
        store.create("unused");
        TimestampOracle orders = oracles.create("orders");
        orders.freshTimestamps(5);
        orders.lockImmutableTimestamp(new LeaseToken(new UUID(0, 1)));
        orders.freshTimestamps(4);
        oracles.create("stock").fence("restore-1");
        time.advance(Duration.ofSeconds(3));

        OracleStatus status = reader.read();

        assertThat(status.server().id()).isEqualTo("server-1");
        assertThat(status.leadership().state()).isEqualTo("sole");
        assertThat(status.leadership().leading()).isTrue();
        assertThat(status.problem()).isNull();
        OracleStatus.Lease lease = new OracleStatus.Lease(
                new UUID(0, 1).toString(), 6, Duration.ofSeconds(3).toMillis());
        assertThat(status.namespaces())
                .containsExactly(
                        new OracleStatus.Namespace("orders", 1_000_000, 10L, 6L, 1, lease, null, null),
                        new OracleStatus.Namespace("stock", 0, 0L, 0L, 0, null, "restore-1", null),
                        new OracleStatus.Namespace("unused", 0, null, null, null, null, null, null));
    }

    @Test
    void read_again_issuesNothing() {
        TimestampOracle orders = oracles.create("orders");
        assertThat(orders.freshTimestamp()).isEqualTo(1);

        reader.read();
        reader.read();

        assertThat(orders.freshTimestamp()).isEqualTo(2);
    }

    @Test
    void read_namespaceThatHasStopped_saysWhy() {
        TimestampOracle orders = oracles.create("orders");
        store.failNext(new TimestampException(ErrorCode.DISK_FULL, "no space left", "Make room."));
        try {
            orders.freshTimestamp();
        } catch (TimestampException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
        }

        assertThat(reader.read().namespaces()).singleElement().satisfies(namespace -> assertThat(namespace.failure())
                .contains("has stopped issuing")
                .contains("no space left"));
    }

    @Test
    void read_closedStore_isAProblem() {
        oracles.create("orders");
        store.close();

        OracleStatus status = reader.read();

        assertThat(status.problem()).isNotEmpty();
        assertThat(status.namespaces()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://h/db?user=u&password=geheim&ssl=true"
                        + "|jdbc:postgresql://h/db?user=u&password=hidden&ssl=true",
                "Settings[url=x, user=u, password=geheim, schema=s]|Settings[url=x, user=u, password=hidden, schema=s]",
                "https://u:geheim@h/x|https://hidden@h/x",
                "/var/lib/oracle|/var/lib/oracle",
            })
    void withoutSecrets_whatLooksLikeOne_isHidden(String description, String expected) {
        assertThat(OracleStatusReader.withoutSecrets(description)).isEqualTo(expected);
    }
}
