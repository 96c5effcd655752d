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
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The process of one server. Prints {@code ready}; a line {@code jump MILLIS} on its standard input sets its wall clock by so much; the
 * end of its input ends it. With {@code frozen} as second argument its lease never runs out: the defect that the torture has to find.
 */
final class TortureServer {
    private TortureServer() {}

    public static void main(String[] arguments) throws IOException {
        AtomicLong jumpedMillis = new AtomicLong();
        boolean isFrozen = arguments.length > 1;
        long startNanos = System.nanoTime();
        InstantSource system = InstantSource.system();
        long startMillis = system.millis();
        MonotonicClock clock = isFrozen ? () -> startNanos : MonotonicClock.system();
        InstantSource wallClock = () ->
                isFrozen ? Instant.ofEpochMilli(startMillis) : system.instant().plusMillis(jumpedMillis.get());
        TimestampServer server = TimestampServer.start(
                TimestampServer.readConfiguration(Path.of(arguments[0])),
                new OracleSeams(clock, wallClock, new ThreadedPeriodicTasks()),
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
}
