package dev.tidemark.timestamp.service.watch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ImmutableTimestampAlarmTest {
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final LeaseToken FIRST = new LeaseToken(new UUID(0, 1));
    private static final LeaseToken SECOND = new LeaseToken(new UUID(0, 2));

    private final ManualTime time = new ManualTime();
    private final TimestampOracles oracles =
            new TimestampOracles(new InMemoryBoundStore(), OracleSettings.defaults(), time);
    private final TimestampOracle orders = oracles.create("orders");
    private final ImmutableTimestampAlarm alarm = new ImmutableTimestampAlarm(oracles, LIMIT);
    private final Logger logger = (Logger) LoggerFactory.getLogger(ImmutableTimestampAlarm.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void look_leaseHeldForLong_namesItOnceAndSaysWhenItHasEnded() {
        orders.lockImmutableTimestamp(FIRST);
        hold(LIMIT.minusSeconds(1), FIRST);
        assertThat(alarm.holders()).isEmpty();
        assertThat(lines()).isEmpty();

        hold(Duration.ofSeconds(10), FIRST);

        assertThat(alarm.holders()).containsOnlyKeys("orders");
        assertThat(alarm.holders().get("orders").age()).isGreaterThanOrEqualTo(LIMIT);
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0)).contains("'orders'", FIRST.toString(), "stands still at 1", "180");

        assertThat(orders.unlock(Set.of(FIRST))).hasSize(1);
        alarm.look();

        assertThat(alarm.holders()).isEmpty();
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1)).contains("moves again", FIRST.toString());
    }

    @Test
    void look_nextHolderIsOldToo_isNamedInItsTurn() {
        orders.lockImmutableTimestamp(FIRST);
        orders.lockImmutableTimestamp(SECOND);
        hold(LIMIT, FIRST, SECOND);

        assertThat(orders.unlock(Set.of(FIRST))).hasSize(1);
        alarm.look();

        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1)).contains("stands still at 2", SECOND.toString());
    }

    @Test
    void look_manyShortLeases_saysNothing() {
        LeaseToken present = FIRST;
        orders.lockImmutableTimestamp(present);
        for (int i = 3; i < 500; i++) {
            LeaseToken next = new LeaseToken(new UUID(0, i));
            orders.lockImmutableTimestamp(next);
            assertThat(orders.unlock(Set.of(present))).hasSize(1);
            present = next;
            time.advance(Duration.ofSeconds(10));
            alarm.look();
        }

        assertThat(lines()).isEmpty();
    }

    @Test
    void holders_leaseThatIsNotRefreshed_endsTheAlarm() {
        orders.lockImmutableTimestamp(FIRST);
        hold(LIMIT, FIRST);
        assertThat(alarm.holders()).hasSize(1);

        time.advance(Duration.ofSeconds(21));

        assertThat(alarm.holders()).isEmpty();
    }

    private void hold(Duration duration, LeaseToken... tokens) {
        for (long left = duration.toSeconds(); left > 0; left -= 10) {
            time.advance(Duration.ofSeconds(Math.min(10, left)));
            assertThat(orders.refresh(Set.of(tokens))).hasSize(tokens.length);
            alarm.look();
        }
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
