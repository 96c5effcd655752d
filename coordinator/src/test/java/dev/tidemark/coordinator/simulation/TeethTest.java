package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Proves that the simulation notices when a mechanism is broken: with each switch some seed breaks an invariant, and the same seed is good
 * without it. Where that takes long to find, a seed that did last time is tried first.
 */
@Execution(ExecutionMode.CONCURRENT)
class TeethTest {
    private static final int MAX_SEEDS = 4 * SimulationTest.DEFAULT_SEEDS;

    @Test
    void scan_beginsAtTheBackupTimestamp_isFound() {
        requireFound(Teeth::scanFromBackupTimestamp);
    }

    @Test
    void fastForwardTimestamp_fetchedBeforeTheLastSnapshot_isFound() {
        requireFound(Teeth::fastForwardTimestampTooEarly);
    }

    @Test
    void hold_releasedBeforeTheLastSnapshot_isFound() {
        requireFound(Teeth::holdReleasedTooEarly);
    }

    @Test
    void manifest_writtenBeforeItsObjects_isFound() {
        requireFound(Teeth::manifestBeforeObjects);
    }

    @Test
    void repair_doesNothing_isFound() {
        requireFound(Teeth::noRepair);
    }

    @Test
    void fence_leavesLeasesAlive_isFound() {
        requireFound(Teeth::fenceWithoutEndingLeases);
    }

    @Test
    void epochs_notCheckedAfterALongPause_isFound() {
        requireFound(Teeth::blindAfterPause);
    }

    @Test
    void abort_deletesTheEntry_isFound() {
        requireFound(Teeth::abortByDelete, 1496);
    }

    private static void requireFound(Supplier<Sabotage> switches, long... likely) {
        try (FastSignatures signatures = FastSignatures.install()) {
            SharedArchive archive = new SharedArchive();
            long found = LongStream.concat(LongStream.of(likely), LongStream.range(0, MAX_SEEDS))
                    .filter(seed -> isFoundBy(archive, seed, switches.get()))
                    .findFirst()
                    .orElse(-1);
            assertThat(found).as("seed that finds it").isGreaterThanOrEqualTo(0);
            assertThat(new Simulation(new Coverage(), Sabotage.NONE).findViolation(found))
                    .as("the same seed without the switch")
                    .isEmpty();
        }
    }

    private static boolean isFoundBy(SharedArchive archive, long seed, Sabotage sabotage) {
        Optional<String> violation = new Simulation(archive, new Coverage(), sabotage).findViolation(seed);
        violation.ifPresent(found -> System.out.println("seed " + seed + " finds it: " + found));
        return violation.isPresent();
    }
}
