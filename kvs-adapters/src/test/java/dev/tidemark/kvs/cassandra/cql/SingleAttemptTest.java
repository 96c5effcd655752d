package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.config.OptionsMap;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.retry.RetryDecision;
import com.datastax.oss.driver.api.core.retry.RetryPolicy;
import com.datastax.oss.driver.api.core.retry.RetryVerdict;
import com.datastax.oss.driver.api.core.servererrors.WriteType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SingleAttemptTest {
    private static final SimpleStatement REQUEST =
            SimpleStatement.newInstance("UPDATE t SET a = 1 WHERE b = 2 IF a = 0");
    private static final CqlSettings SETTINGS =
            CqlSettings.of(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)), "datacenter1");

    @Test
    void anyFailure_firstAttempt_isTheLast() {
        try (RetryPolicy policy = new SingleAttempt(null, "default")) {
            assertThat(List.of(
                            policy.onReadTimeoutVerdict(REQUEST, ConsistencyLevel.SERIAL, 2, 2, false, 0),
                            policy.onWriteTimeoutVerdict(REQUEST, ConsistencyLevel.SERIAL, WriteType.CAS, 2, 1, 0),
                            policy.onUnavailableVerdict(REQUEST, ConsistencyLevel.SERIAL, 2, 1, 0),
                            policy.onRequestAbortedVerdict(REQUEST, new IllegalStateException("cut off"), 0),
                            policy.onErrorResponseVerdict(REQUEST, null, 0)))
                    .extracting(RetryVerdict::getRetryDecision)
                    .containsOnly(RetryDecision.RETHROW);
        }
    }

    @Test
    void singleAttemptOptions_shortTimeout_sendNothingAgainAndLeaveSilentNodes() {
        OptionsMap options = CassandraSession.singleAttemptOptions(SETTINGS.withRequestTimeout(Duration.ofMillis(300)));

        assertThat(options.get(TypedDriverOption.RETRY_POLICY_CLASS)).isEqualTo(SingleAttempt.class.getName());
        assertThat(options.get(TypedDriverOption.SPECULATIVE_EXECUTION_POLICY_CLASS))
                .isEqualTo("NoSpeculativeExecutionPolicy");
        assertThat(options.get(TypedDriverOption.REQUEST_TIMEOUT)).isEqualTo(Duration.ofMillis(300));
        assertThat(options.get(TypedDriverOption.HEARTBEAT_INTERVAL)).isEqualTo(Duration.ofMillis(450));
        assertThat(options.get(TypedDriverOption.HEARTBEAT_TIMEOUT)).isEqualTo(Duration.ofMillis(300));
        assertThat(options.get(TypedDriverOption.CONNECTION_INIT_QUERY_TIMEOUT)).isEqualTo(Duration.ofSeconds(5));
    }
}
