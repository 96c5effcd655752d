package dev.tidemark.coordinator.service.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.service.watch.OracleWatch.State;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OracleWatchTest {
    private final VirtualTime time = new VirtualTime();
    private final TimestampOracles oracles = new TimestampOracles(
            new InMemoryBoundStore(), OracleSettings.defaults(), new OracleSeams(time, time, time.process()));
    private final TimestampClient client = new InProcessTimestampClient(oracles);
    private Optional<TimestampClient> asked = Optional.of(client);
    private boolean isSilent;
    private final OracleWatch watch = new OracleWatch(
            () -> {
                if (isSilent) {
                    throw new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "no answer", "");
                }
                return asked;
            },
            List.of("a", "b"),
            new EngineSeams(time, time, time, time.process(), Runnable::run, new Random(1), "host"),
            new MonitoringConfiguration(Duration.ofMinutes(1), null));

    @Test
    void ask_somebodyHoldsTheImmutableTimestamp_lagsBehind() {
        NamespaceOracle oracle = client.createNamespace("a");
        LeaseToken token = new LeaseToken(new UUID(0, 1));
        oracle.freshTimestamp();
        oracle.lockImmutableTimestamp(token);
        for (int i = 0; i < 60; i++) {
            time.advance(Duration.ofSeconds(5));
            oracle.refresh(Set.of(token));
            oracle.freshTimestamp();
        }

        watch.ask();
        assertThat(watch.seen().state()).isEqualTo(State.ANSWERS);
        assertThat(watch.seen().lags()).as("the oracle does not have b").containsOnlyKeys("a");
        assertThat(watch.seen().lags().get("a")).isBetween(Duration.ofSeconds(280), Duration.ofSeconds(301));
        oracle.unlock(Set.of(token));
        watch.ask();

        assertThat(watch.seen().lags().get("a")).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void ask_namespaceIsFenced_hasNoLagAndIsNoFailure() {
        client.createNamespace("a").fence("restore-1");
        client.createNamespace("b");

        watch.ask();

        assertThat(watch.seen().state()).isEqualTo(State.ANSWERS);
        assertThat(watch.seen().lags()).containsOnlyKeys("b");
    }

    @Test
    void ask_oracleIsSilent_saysSoUntilItAnswers() {
        isSilent = true;
        watch.start();
        time.advance(Duration.ofMinutes(1));
        assertThat(watch.seen().state()).isEqualTo(State.SILENT);
        assertThat(watch.seen().failure()).isEqualTo("no answer");

        isSilent = false;
        time.advance(Duration.ofMinutes(1));

        assertThat(watch.seen().state()).isEqualTo(State.ANSWERS);
    }

    @Test
    void ask_oracleThatMustNotBeAsked_isNotSaidToBeSilent() {
        asked = Optional.empty();

        watch.ask();

        assertThat(watch.seen().state()).isEqualTo(State.NOT_ASKED);
    }
}
