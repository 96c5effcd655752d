package dev.tidemark.cli.bench;

import java.util.List;

/** Something that can be measured. Measures once; whoever runs it repeats it. Holds nothing between two calls. */
public interface Benchmark {
    /** Returns the name, as it stands on the command line: one word in lower case. */
    String name();

    /** Returns one sentence that says what is measured. */
    String summary();

    /** Returns what the size of a run means here. */
    BenchmarkSize size();

    /** Returns what the figures are to reach; empty when nobody has said. */
    default List<Target> targets() {
        return List.of();
    }

    /**
     * Measures everything once, baselines in turn with what they are compared to.
     *
     * @param settings its directory is empty and exists; what is left in it is removed
     * @param progress is told what comes next
     * @return the same names in the same order in each call; one or more
     * @throws InterruptedException when the thread was interrupted
     */
    List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException;
}
