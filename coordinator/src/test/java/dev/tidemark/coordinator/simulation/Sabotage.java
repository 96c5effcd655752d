package dev.tidemark.coordinator.simulation;

/** Breaks a mechanism where it leaves the engine, to prove that the simulation notices. */
@FunctionalInterface
interface Sabotage {
    /** Breaks nothing. */
    Sabotage NONE = Call::proceed;

    /** Does what the call asks for, or something else. */
    Object call(Call call);

    /** Is told that a process stands still from now on, and that others may overtake it. */
    default void pausing(World world, Actor actor) {}
}
