package dev.tidemark.architecture.sample.outside;

/** Is in no module. */
public final class Stray {}
