package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Seeds of the simulated world. {@code -Dsim.seeds=N} runs that many, {@code -Dsim.from=S} begins at another one, and
 * {@code -Dsim.events=N} shows more of the last events of a seed that fails, which is printed with the command that runs it alone.
 */
@Execution(ExecutionMode.CONCURRENT)
class SimulationTest {
    static final int DEFAULT_SEEDS = 400;

    @Test
    void run_ofEverySeed_keepsEveryInvariant() {
        long from = Long.getLong("sim.from", 0);
        long seeds = Long.getLong("sim.seeds", DEFAULT_SEEDS);
        Coverage coverage = new Coverage();
        long startedAt = System.nanoTime();
        try (FastSignatures signatures = FastSignatures.install()) {
            Simulation simulation = new Simulation(coverage, Sabotage.NONE);
            for (long seed = from; seed < from + seeds; seed++) {
                simulation.run(seed);
            }
        }
        System.out.printf("%d seeds in %d ms%n%s", seeds, (System.nanoTime() - startedAt) / 1_000_000, coverage);
        if (seeds >= DEFAULT_SEEDS) {
            requireCoverage(coverage);
        }
    }

    /** Each of them has found a defect, which is named. */
    @ParameterizedTest
    @CsvSource({
        "2, what began after another operation had taken the lock could never be ended and kept backups out",
        "19, transactions that committed between the last look at the oracle and its fence survived a rewind",
        "514, a deletion marker was gone from a snapshot that still had what it hid",
        "60126, a table without cells was missing on a node that was repaired and was missing in a backup of that node alone",
        "96524, a cancellation that was overtaken wrote a record after the end of the operation",
    })
    void run_seedThatFoundADefect_keepsEveryInvariant(long seed, String defect) {
        try (FastSignatures signatures = FastSignatures.install()) {
            new Simulation(new Coverage(), Sabotage.NONE).run(seed);
        }
    }

    /** A simulation in which nothing happens would keep every invariant. */
    private static void requireCoverage(Coverage coverage) {
        Stream<String> crashes = Stream.of("backup", "restore", "rewind", "undo")
                .flatMap(type -> Scenario.steps(type).stream().map(step -> "crash in " + type + "/" + step));
        Stream<String> faults = Stream.of(Fault.values()).map(fault -> "fault " + fault);
        Stream<String> events = Stream.of(
                "completed backup",
                "completed restore",
                "completed restore elsewhere",
                "completed rewind",
                "completed undo",
                "takeover of backup",
                "takeover of restore",
                "takeover of rewind",
                "cancelled backup",
                "cancelled restore",
                "cancelled rewind",
                "refused rewind",
                "refused undo",
                "rival was refused",
                "stores lost",
                "oracle lost",
                "objects lost with the power",
                "clock stood still",
                "sweep deleted versions",
                "client read everything",
                "client died after its commit timestamp",
                "slow client sends its entry again",
                "state compared after restore",
                "state compared after restore at",
                "state compared after restore over existing data",
                "state compared after rewind at",
                "state compared after undo",
                "drill compared");
        List<String> missing = Stream.of(crashes, faults, events)
                .flatMap(names -> names)
                .filter(name -> coverage.of(name) == 0)
                .toList();
        assertThat(missing).as("what never happened").isEmpty();
    }
}
