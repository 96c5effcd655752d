package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.cli.bench.BenchmarkProgress;
import dev.tidemark.cli.bench.Figure;

/**
 * Two loads that were measured in turn: the baseline, the subject twice, the baseline. A machine that becomes slower or faster meanwhile
 * does not decide.
 *
 * @param name of what was measured
 * @param subject what it had
 * @param baselineName of what it is compared to
 * @param baseline what that had
 */
record SideBySideLoads(String name, Load subject, String baselineName, Load baseline) {
    private static final String MICROSECONDS = "us";

    /** Measures both. The first time of each is not counted: a virtual machine is slow before it knows the way. */
    static SideBySideLoads measure(
            BenchmarkProgress progress, String name, Measurement subject, String baselineName, Measurement baseline)
            throws InterruptedException {
        progress.begins(name + "; " + baselineName);
        subject.run();
        baseline.run();
        Load before = baseline.run();
        Load subjectLoad = subject.run().plus(subject.run());
        return new SideBySideLoads(name, subjectLoad, baselineName, before.plus(baseline.run()));
    }

    Figure rate(String suffix, String unit) {
        return Figure.rate(name + suffix, subject.perSecond(), unit, baselineName + suffix, baseline.perSecond());
    }

    Figure p50() {
        return cost(", p50", subject.p50Micros(), baseline.p50Micros());
    }

    Figure p99() {
        return cost(", p99", subject.p99Micros(), baseline.p99Micros());
    }

    Figure serverCpu() {
        return cost(", server CPU", subject.serverCpuMicros(), baseline.serverCpuMicros());
    }

    private Figure cost(String suffix, double value, double baselineValue) {
        return Figure.cost(name + suffix, value, MICROSECONDS, baselineName + suffix, baselineValue);
    }

    /** Asks for a while. */
    @FunctionalInterface
    interface Measurement {
        Load run() throws InterruptedException;
    }
}
