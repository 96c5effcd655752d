package dev.tidemark.coordinator.simulation;

import java.util.function.Supplier;

/** A call that leaves a process, as a {@link Sabotage} sees it. */
record Call(World world, Actor actor, String name, Object[] arguments, Supplier<Object> effect) {
    Object proceed() {
        return effect.get();
    }

    boolean is(String other) {
        return name.equals(other);
    }
}
