package dev.tidemark.cli.bench;

/** Is told what a benchmark does; may be called from one thread at a time. */
@FunctionalInterface
public interface BenchmarkProgress {
    /** Begins something that takes a while: a few words without a full stop. */
    void begins(String measurement);
}
