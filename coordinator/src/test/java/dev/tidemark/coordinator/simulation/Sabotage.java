package dev.tidemark.coordinator.simulation;

/** Breaks a mechanism where it leaves the engine, to prove that the simulation notices. */
@FunctionalInterface
interface Sabotage {
    /** Breaks nothing. */
    Sabotage NONE = Call::proceed;

    /** Does what the call asks for, or something else. */
    Object call(Call call);
}
