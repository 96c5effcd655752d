package dev.tidemark.coordinator.simulation;

import java.util.Optional;

/** Runs seeds, one after the other. Not thread-safe. */
final class Simulation {
    /** How many of the last events of a seed that fails are shown. */
    static final int EVENTS_SHOWN = Integer.getInteger("sim.events", 30);

    private final SharedArchive archive;
    private final Coverage coverage;
    private final Sabotage sabotage;
    private final boolean isMaintained;

    Simulation(Coverage coverage, Sabotage sabotage) {
        this(new SharedArchive(), coverage, sabotage, false);
    }

    /** Creates one in whose worlds backups are expired and garbage is collected too. */
    static Simulation maintained(SharedArchive archive, Coverage coverage, Sabotage sabotage) {
        return new Simulation(archive, coverage, sabotage, true);
    }

    Simulation(SharedArchive archive, Coverage coverage, Sabotage sabotage) {
        this(archive, coverage, sabotage, false);
    }

    private Simulation(SharedArchive archive, Coverage coverage, Sabotage sabotage, boolean isMaintained) {
        this.isMaintained = isMaintained;
        this.archive = archive;
        this.coverage = coverage;
        this.sabotage = sabotage;
    }

    /** Runs a seed; throws with everything that is needed to run it again when an invariant is broken. */
    void run(long seed) {
        World world = new World(seed, archive, coverage, sabotage, isMaintained);
        try {
            new Scenario(world).run();
        } catch (RuntimeException | Error e) {
            throw failure(world, e);
        }
    }

    /** Runs a seed and returns the invariant that it breaks. */
    Optional<String> findViolation(long seed) {
        try {
            run(seed);
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e.getCause() instanceof Violation violation ? violation.invariant() : "" + e.getCause());
        }
    }

    private static AssertionError failure(World world, Throwable cause) {
        StringBuilder text = new StringBuilder();
        text.append("seed ").append(world.seed).append(" broke ").append(cause.getMessage());
        text.append("\n  the last events:\n");
        world.log.last().forEach(event -> text.append("    ").append(event).append('\n'));
        text.append("  replay it with\n    mvn -B test -pl coordinator -am -Dtest=")
                .append(world.isMaintained ? "MaintenanceSimulationTest" : "SimulationTest#run_ofEverySeed*")
                .append(" -Dsim.from=")
                .append(world.seed)
                .append(" -Dsim.seeds=1 -Dsurefire.failIfNoSpecifiedTests=false\n");
        return new AssertionError(text.toString(), cause);
    }
}
