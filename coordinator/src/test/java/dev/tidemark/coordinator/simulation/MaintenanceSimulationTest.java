package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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

    /** A writer that does not look at the lists of condemned objects refers to what is about to go. */
    @Test
    void writer_ignoresGarbageLists_isFound() {
        requireFound("garbage lists", 0, () -> call -> {
            boolean isHidden = call.actor().isCoordinator
                    && call.actor().operation.equals("backup")
                    && call.is("archive.list")
                    && call.arguments()[0].toString().endsWith("/garbage/");
            return isHidden ? List.of() : call.proceed();
        });
    }

    /** A sweep that believes its lists, and does not look anew what is needed. */
    @Test
    void sweep_doesNotLookAgain_isFound() {
        requireFound("second look", 0, () -> call -> {
            boolean isHidden = call.actor().isCoordinator
                    && call.actor().operation.equals("gc")
                    && call.actor().step.equals("sweep")
                    && call.is("archive.list")
                    && call.arguments()[0].toString().endsWith("/manifests/");
            return isHidden ? List.of() : call.proceed();
        });
    }

    /** A process that does not notice that it has lost the lock. */
    @Test
    void lock_notCheckedAfterALongPause_isFound() {
        requireFound("lock", 0, Teeth::blindAfterPause);
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

    /**
     * Looks from a seed on that is known to be near.
     *
     * @param mechanism what is broken, for people
     * @param from changes with everything that draws a number more or less; {@code -Dsim.search=true} looks from 0 on
     */
    private static void requireFound(String mechanism, long from, Supplier<Sabotage> switches) {
        try (FastSignatures signatures = FastSignatures.install()) {
            SharedArchive archive = new SharedArchive();
            long first = Boolean.getBoolean("sim.search") ? 0 : from;
            long last = Boolean.getBoolean("sim.search") ? 3_000 : from + 20;
            for (long seed = first; seed < last; seed++) {
                Optional<String> violation = Simulation.maintained(archive, new Coverage(), switches.get())
                        .findViolation(seed)
                        .filter(invariant -> invariant.startsWith("I"));
                if (violation.isPresent()) {
                    System.out.println(mechanism + ": seed " + seed + " finds it: " + violation.get());
                    assertThat(Simulation.maintained(new SharedArchive(), new Coverage(), Sabotage.NONE)
                                    .findViolation(seed))
                            .as("the same seed without the switch")
                            .isEmpty();
                    return;
                }
            }
        }
        throw new AssertionError("no seed finds it");
    }
}
