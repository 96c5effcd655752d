package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java process that ends with this object, and with this process. What it writes to standard error is in a log. */
final class ChildProcess implements AutoCloseable, ServerCpu {
    private static final int END_SECONDS = 10;
    private static final int LOG_LINES = 5;
    private static final double MILLIS_IN_A_SECOND = 1e3;

    private final Process process;
    private final String name;
    private final Path log;

    private ChildProcess(Process process, String name, Path log) {
        this.process = process;
        this.name = name;
        this.log = log;
    }

    /**
     * Starts a process.
     *
     * @param name for errors
     * @param log where its standard error goes
     * @param javaArguments all arguments, those of the virtual machine first
     */
    static ChildProcess start(String name, Path log, List<String> javaArguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaArguments);
        try {
            return new ChildProcess(
                    new ProcessBuilder(command).redirectError(log.toFile()).start(), name, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the next line that it writes. */
    String readLine() {
        try {
            String line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (line == null) {
                throw ended();
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Throws when it has ended. */
    void requireAlive() {
        if (!process.isAlive()) {
            throw ended();
        }
    }

    private CliException ended() {
        try {
            List<String> lines = Files.readAllLines(log);
            return new CliException(
                    ErrorCode.INVALID_INPUT,
                    "the process of " + name + " has ended: "
                            + String.join("; ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())),
                    "Check what the benchmark was told to start.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public double seconds() {
        return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L) / MILLIS_IN_A_SECOND;
    }

    /** Ends the process: it is asked by the end of its standard input, and killed when it does not care. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
