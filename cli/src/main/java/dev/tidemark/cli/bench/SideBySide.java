package dev.tidemark.cli.bench;

/**
 * Measures something between two measurements of its baseline, which are taken together: so a machine that becomes slower or
 * faster meanwhile does not decide. Not thread-safe.
 */
final class SideBySide {
    private final Stopwatch stopwatch;
    private final BenchmarkProgress progress;

    SideBySide(Stopwatch stopwatch, BenchmarkProgress progress) {
        this.stopwatch = stopwatch;
        this.progress = progress;
    }

    /** Compares how many of something are done in a second. */
    Figure rate(String unit, Measured subject, Measured baseline) throws InterruptedException {
        double baselineSeconds = seconds(baseline);
        double seconds = seconds(subject);
        baselineSeconds += seconds(baseline);
        return Figure.rate(
                subject.name, subject.count / seconds, unit, baseline.name, 2 * baseline.count / baselineSeconds);
    }

    /** An interruption is noticed between two measurements, each of which comes to its end. */
    private double seconds(Measured measured) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        progress.begins(measured.name);
        return stopwatch.seconds(measured.action);
    }

    /**
     * What is measured.
     *
     * @param count how many the action does; &gt; 0
     */
    record Measured(String name, long count, Runnable action) {}
}
