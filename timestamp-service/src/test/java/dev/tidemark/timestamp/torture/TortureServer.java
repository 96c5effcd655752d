package dev.tidemark.timestamp.torture;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.service.TimestampServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The process of one server. Prints {@code ready}; a line {@code jump MILLIS} on its standard input sets its wall clock by so much; the
 * end of its input ends it. With {@code blind} as second argument its clocks do not see that the process was stopped, as those of some
 * machines that are suspended: its lease does not run out then, which is the defect that the torture has to find.
 */
final class TortureServer {
    private TortureServer() {}

    public static void main(String[] arguments) throws IOException {
        AtomicLong jumpedMillis = new AtomicLong();
        MonotonicClock system = MonotonicClock.system();
        ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
        MonotonicClock clock = system;
        if (arguments.length > 1) {
            BlindClock blind = new BlindClock(system);
            tasks.every("blind-clock", Duration.ofMillis(20), blind::nanoTime);
            clock = blind;
        }
        MonotonicClock own = clock;
        long startNanos = system.nanoTime();
        Instant start = InstantSource.system().instant();
        InstantSource wallClock =
                () -> start.plusNanos(own.nanoTime() - startNanos).plusMillis(jumpedMillis.get());
        TimestampServer server = TimestampServer.start(
                TimestampServer.readConfiguration(Path.of(arguments[0])),
                new OracleSeams(clock, wallClock, tasks),
                UUID::randomUUID);
        System.out.println("ready");
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                jumpedMillis.addAndGet(Long.parseLong(line.substring("jump ".length())));
            }
        }
        server.close();
        System.exit(0);
    }

    /** Leaves out of account what looks like a pause of the process. */
    private static final class BlindClock implements MonotonicClock {
        private static final long SHORTEST_PAUSE_NANOS = 500_000_000;

        private final MonotonicClock clock;
        private long last;
        private long paused;

        BlindClock(MonotonicClock clock) {
            this.clock = clock;
            last = clock.nanoTime();
        }

        @Override
        public synchronized long nanoTime() {
            long now = clock.nanoTime();
            if (now - last > SHORTEST_PAUSE_NANOS) {
                paused += now - last;
            }
            last = now;
            return now - paused;
        }
    }
}
