package dev.tidemark.cli;

/** A command that can ask a coordinator service ({@code --server}) instead of doing its work in this process. */
interface ThroughServer {}
