package dev.tidemark.architecture.sample.coordinator.one;

import dev.tidemark.architecture.sample.coordinator.two.Second;

/** One half of a cycle. */
public record First(Second second) {}
