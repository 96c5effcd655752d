package dev.tidemark.timestamp.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What servers over any shared store must survive. {@code -Dtorture.cycles=200} does them harm so often instead of a few times;
 * {@code -Dtorture.seed=S} does other harm.
 */
abstract class TortureContract {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int CYCLES = Integer.getInteger("torture.cycles", 4);
    private static final long SEED = Long.getLong("torture.seed", 1);
    private static final int ATTEMPTS_TO_FIND = 20;

    @TempDir
    private Path directory;

    /** Returns how many servers there are. */
    abstract int servers();

    /** Returns the section {@code store} of a server's configuration, in one line. */
    abstract String store(int server);

    @Test
    @DisplayName(
            "Killed, stopped, and with clocks that jump: no timestamp twice, none below what was answered or promised before")
    void lease() throws Exception {
        harm(false);
    }

    @Test
    @DisplayName("Also when every answer is confirmed by the store")
    void strict() throws Exception {
        harm(true);
    }

    @Test
    @DisplayName("A leader whose clocks do not see that it was stopped is found out")
    void blind() throws Exception {
        try (OracleTorture torture = start(false, true)) {
            for (int i = 0; i < ATTEMPTS_TO_FIND && torture.seen().isEmpty(); i++) {
                torture.stopForAWhile(torture.leader());
                torture.awaitAnswers();
            }
            assertThat(torture.violations()).isNotEmpty();
        }
    }

    @Test
    @DisplayName("When the leader is killed, another server answers within the lease and a second")
    void failover() throws Exception {
        try (OracleTorture torture = start(false, false)) {
            Duration took = torture.killLeaderAndMeasure();
            System.out.printf(
                    "%s: %d ms from the kill of the leader to the next timestamp, lease %d ms%n",
                    getClass().getSimpleName(), took.toMillis(), LEASE.toMillis());
            assertThat(torture.violations()).isEmpty();
            if (CYCLES >= 200) { // on a machine that does nothing else
                assertThat(took).isLessThan(LEASE.plusSeconds(1));
            }
        }
    }

    private void harm(boolean isStrict) throws IOException, InterruptedException {
        try (OracleTorture torture = start(isStrict, false)) {
            torture.run(CYCLES);
            assertThat(torture.violations()).isEmpty();
            System.out.printf(
                    "%s: %d answers in %d cycles%s%n",
                    getClass().getSimpleName(), torture.answers(), CYCLES, isStrict ? ", strict" : "");
            assertThat(torture.answers()).isGreaterThan(CYCLES * 10);
        }
    }

    private OracleTorture start(boolean isStrict, boolean isBlind) throws IOException, InterruptedException {
        return new OracleTorture(directory, servers(), this::store, LEASE, isStrict, isBlind, SEED);
    }
}
