package dev.tidemark.cli.bench.timestamp;

/**
 * What callers saw in a while.
 *
 * @param operations how many answers there were
 * @param seconds for how long they asked
 * @param latencies of the answers; of some of them where there were too many
 * @param serverCpuSeconds what the server's process has computed meanwhile; 0 when it is not known
 */
record Load(long operations, double seconds, LatencyHistogram latencies, double serverCpuSeconds) {
    private static final double MICROS = 1e6;
    private static final double NANOS_IN_A_MICRO = 1e3;

    /** The clock of a process's own time goes in steps of 10 ms. */
    private static final double LEAST_CPU_SECONDS = 0.01;

    /** Returns two as one. */
    Load plus(Load other) {
        LatencyHistogram both = new LatencyHistogram();
        both.addAll(latencies);
        both.addAll(other.latencies);
        return new Load(
                operations + other.operations,
                seconds + other.seconds,
                both,
                serverCpuSeconds + other.serverCpuSeconds);
    }

    double perSecond() {
        return Math.max(1, operations) / seconds;
    }

    double p50Micros() {
        return latencies.percentileNanos(0.5) / NANOS_IN_A_MICRO;
    }

    double p99Micros() {
        return latencies.percentileNanos(0.99) / NANOS_IN_A_MICRO;
    }

    /** Returns what an answer has cost the server, never less than can be measured. */
    double serverCpuMicros() {
        return Math.max(LEAST_CPU_SECONDS, serverCpuSeconds) * MICROS / Math.max(1, operations);
    }
}
