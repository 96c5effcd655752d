package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Seeds of the simulated world. {@code -Dsim.seeds=N} runs that many, {@code -Dsim.from=S} begins at another one; a seed that fails
 * is printed with the command that runs it alone.
 */
class SimulationTest {
    static final int DEFAULT_SEEDS = 300;

    @Test
    void run_ofEverySeed_keepsEveryInvariant() {
        long from = Long.getLong("sim.from", 0);
        long seeds = Long.getLong("sim.seeds", DEFAULT_SEEDS);
        Coverage coverage = new Coverage();
        Simulation simulation = new Simulation(coverage, Sabotage.NONE);
        long startedAt = System.nanoTime();
        try (FastSignatures signatures = FastSignatures.install()) {
            for (long seed = from; seed < from + seeds; seed++) {
                simulation.run(seed);
            }
        }
        System.out.printf("%d seeds in %d ms%n%s", seeds, (System.nanoTime() - startedAt) / 1_000_000, coverage);
        assertThat(coverage.counts()).isNotEmpty();
    }
}
