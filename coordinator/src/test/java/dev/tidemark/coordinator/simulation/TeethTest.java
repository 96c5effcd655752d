package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Proves that the simulation notices when a mechanism is broken: with each switch one of the default seeds breaks an invariant,
 * and the same seed is good without it.
 */
@Execution(ExecutionMode.CONCURRENT)
class TeethTest {
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
        requireFound(Teeth::abortByDelete);
    }

    private static void requireFound(Supplier<Sabotage> switches) {
        try (FastSignatures signatures = FastSignatures.install()) {
            long found = firstSeed(switches);
            assertThat(found).as("seed that finds it").isGreaterThanOrEqualTo(0);
            assertThat(new Simulation(new Coverage(), Sabotage.NONE).findViolation(found))
                    .as("the same seed without the switch")
                    .isEmpty();
        }
    }

    private static long firstSeed(Supplier<Sabotage> switches) {
        SharedArchive archive = new SharedArchive();
        for (long seed = 0; seed < SimulationTest.DEFAULT_SEEDS; seed++) {
            Optional<String> violation = new Simulation(archive, new Coverage(), switches.get()).findViolation(seed);
            if (violation.isPresent()) {
                System.out.println("seed " + seed + " finds it: " + violation.get());
                return seed;
            }
        }
        return -1;
    }
}
