package dev.tidemark.architecture.sample.kvs;

import dev.tidemark.architecture.sample.timestamp.Oracle;

/** Uses a later module. */
public record Cells(Oracle oracle) {}
