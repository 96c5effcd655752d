package dev.tidemark.architecture.sample.coordinator.two;

import dev.tidemark.architecture.sample.coordinator.one.First;

/** The other half of a cycle. */
public record Second(First first) {}
