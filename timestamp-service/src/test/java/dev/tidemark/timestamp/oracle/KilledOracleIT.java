package dev.tidemark.timestamp.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.FileBoundStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Oracles in processes of their own that are killed while they issue timestamps. */
class KilledOracleIT {
    @TempDir
    private Path directory;

    @Test
    void restart_processKilledWhileIssuing_goesOnAboveEverythingAcknowledged() throws Exception {
        Random random = new Random(20260103);
        long greatest = 0;
        for (int round = 0; round < 6; round++) {
            Process process = startOracle();
            try (BufferedReader output = output(process)) {
                // The child issues 10,000 at a time and fast-forwards now and then, so the kill often meets a write.
                int lines = 50 + random.nextInt(400);
                for (int i = 0; i < lines; i++) {
                    long issued = Long.parseLong(output.readLine());
                    assertThat(issued).as("round " + round).isGreaterThan(greatest);
                    greatest = issued;
                }
                // By its handle: destroying the process itself also closes the pipe, with what was printed last.
                process.toHandle().destroyForcibly();
                process.waitFor();
                greatest = Math.max(greatest, lastOf(output, greatest));
            }

            try (TimestampOracles oracles = open()) {
                long next = oracles.get("orders").freshTimestamp();
                assertThat(next).as("round " + round).isGreaterThan(greatest);
                greatest = next;
            }
        }
    }

    @Test
    void timeIndex_processesKilledWhileRecording_isNeverWrong() throws Exception {
        Random random = new Random(20260306);
        List<IssuedPoint> seen = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            int points = 1 + random.nextInt(3);
            Process process = startOracle();
            try (BufferedReader output = output(process)) {
                Path file = directory.resolve("namespaces/orders/time-index");
                long size = Files.exists(file) ? Files.size(file) : 0;
                // Until it has recorded so many points, and then a little further into the next second.
                while (!Files.exists(file) || Files.size(file) < size + 32L * points) {
                    seen.add(new IssuedPoint(Instant.now(), Long.parseLong(output.readLine())));
                }
                for (int i = random.nextInt(2000); i > 0; i--) {
                    seen.add(new IssuedPoint(Instant.now(), Long.parseLong(output.readLine())));
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
        }

        try (TimestampOracles oracles = open()) {
            List<IssuedPoint> points = oracles.get("orders").timeIndex();
            assertThat(points).hasSizeBetween(3, 20);
            // The time of a line was noted before the line was read: it may be before the timestamp was issued. What
            // was
            // issued after a point was read after it.
            for (int i = 1; i < seen.size(); i++) {
                Instant readAfter = i + 1 < seen.size() ? seen.get(i + 1).instant() : Instant.now();
                for (IssuedPoint point : points) {
                    if (seen.get(i).timestamp() > point.timestamp()) {
                        assertThat(readAfter).isAfterOrEqualTo(point.instant());
                    }
                }
            }
        }
    }

    @Test
    void open_directoryOfALivingProcess_isRefusedUntilItIsKilled() throws Exception {
        Process process = startOracle();
        try (BufferedReader output = output(process)) {
            assertThat(output.readLine()).isNotNull();

            assertThatThrownBy(this::open).isInstanceOfSatisfying(TimestampException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.BOUND_STORE_IN_USE);
                assertThat(e.getMessage()).contains("process " + process.pid());
            });
        } finally {
            process.destroyForcibly().waitFor();
        }

        open().close();
    }

    private TimestampOracles open() {
        return open(directory);
    }

    private static TimestampOracles open(Path directory) {
        return new TimestampOracles(
                FileBoundStore.open(directory),
                OracleSettings.defaults(),
                new OracleSeams(MonotonicClock.system(), InstantSource.system(), new ThreadedPeriodicTasks()));
    }

    /** Reads what the process had printed before it was killed; the last line may be torn. */
    private static long lastOf(BufferedReader output, long greatest) throws IOException {
        long last = greatest;
        String line = output.readLine();
        while (line != null) {
            String next = output.readLine();
            if (next != null) {
                last = Long.parseLong(line);
            }
            line = next;
        }
        return last;
    }

    private Process startOracle() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IssuingProcess.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Issues timestamps until it is killed, and prints each one after it has it. */
    static final class IssuingProcess {
        private IssuingProcess() {}

        public static void main(String[] arguments) {
            // Standard output belongs to the timestamps; the log would mix with them.
            PrintStream out = System.out;
            System.setOut(System.err);
            TimestampOracle oracle = open(Path.of(arguments[0])).create("orders");
            long count = 0;
            while (true) {
                long issued = oracle.freshTimestamps(10_000).upper();
                out.println(issued);
                count++;
                if (count % 7 == 0) {
                    oracle.fastForward(issued + 1_500_000);
                }
            }
        }
    }
}
