package dev.tidemark.cli.bench.timestamp;

/** Knows how long a server's process has computed. */
@FunctionalInterface
interface ServerCpu {
    /** Of a server whose process is not known. */
    ServerCpu NONE = () -> 0;

    /** Returns the seconds that its threads have computed since its start, in steps of 10 ms. */
    double seconds();
}
