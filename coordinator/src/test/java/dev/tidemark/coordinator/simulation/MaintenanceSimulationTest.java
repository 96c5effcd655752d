package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * G3, G4: backups, restores, expiries, collections of garbage, repairs and verifications by coordinators that crash, pause and
 * overtake each other: nothing goes that a backup needs. {@code -Dsim.seeds=N} and {@code -Dsim.from=S} as in
 * {@link SimulationTest}.
 */
@Execution(ExecutionMode.CONCURRENT)
class MaintenanceSimulationTest {
    private static final int DEFAULT_SEEDS = 50;

    @Test
    void run_ofEverySeed_removesNothingThatIsNeeded() {
        long from = Long.getLong("sim.from", 0);
        long seeds = Long.getLong("sim.seeds", DEFAULT_SEEDS);
        Coverage coverage = new Coverage();
        long startedAt = System.nanoTime();
        try (FastSignatures signatures = FastSignatures.install()) {
            Simulation simulation = Simulation.maintained(new SharedArchive(), coverage, Sabotage.NONE);
            for (long seed = from; seed < from + seeds; seed++) {
                simulation.run(seed);
            }
        }
        System.out.printf("%d seeds in %d ms%n%s", seeds, (System.nanoTime() - startedAt) / 1_000_000, coverage);
        if (seeds >= DEFAULT_SEEDS) {
            requireCoverage(coverage);
        }
    }

    private static void requireCoverage(Coverage coverage) {
        Stream<String> crashes = Stream.of("expire", "gc")
                .flatMap(type -> Scenario.steps(type).stream().map(step -> "crash in " + type + "/" + step));
        Stream<String> events = Stream.of(
                "completed backup",
                "completed restore",
                "completed restore elsewhere",
                "completed expire",
                "completed gc",
                "completed repair",
                "takeover of gc",
                "cancelled backup",
                "cancelled gc",
                "backup expired",
                "pack removed",
                "list removed");
        List<String> missing = Stream.concat(crashes, events)
                .filter(name -> coverage.of(name) == 0)
                .toList();
        assertThat(missing).as("what never happened").isEmpty();
    }
}
