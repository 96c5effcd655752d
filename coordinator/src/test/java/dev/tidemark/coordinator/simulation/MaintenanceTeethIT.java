package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Proves that {@link MaintenanceSimulationTest} notices when a mechanism is broken: with each switch some seed breaks an invariant,
 * and the same seed is good without it. It looks through some hundred seeds, which takes minutes.
 */
@Execution(ExecutionMode.CONCURRENT)
class MaintenanceTeethIT {
    private static final int MAX_SEEDS = 5_000;

    /** A writer that does not look at the lists of condemned objects refers to what is about to go. */
    @Test
    void writer_ignoresGarbageLists_isFound() {
        requireFound("garbage lists", () -> call -> {
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
        requireFound("second look", () -> call -> {
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
        requireFound("lock", Teeth::blindAfterPause);
    }

    private static void requireFound(String mechanism, Supplier<Sabotage> switches) {
        try (FastSignatures signatures = FastSignatures.install()) {
            SharedArchive archive = new SharedArchive();
            for (long seed = 0; seed < MAX_SEEDS; seed++) {
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
