package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link PausingTidemark} or a {@link FaultyTidemark}, as a test sees it. Closing kills it. */
final class TidemarkProcess implements AutoCloseable {
    /** What a {@link FaultyTidemark} prints where its fault is. */
    static final String REACHED = "REACHED";

    private static final long LIMIT_SECONDS = 240;

    private final Process process;
    private final BufferedReader output;
    private final Path errors;

    private TidemarkProcess(Process process, Path errors) {
        this.process = process;
        this.output = process.inputReader();
        this.errors = errors;
        // Whoever waits for its output would wait for ever if it did not end.
        CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
    }

    static TidemarkProcess start(Path directory, String pauseAt, String... command) throws IOException {
        return start(java(PausingTidemark.class), directory, pauseAt, command);
    }

    /** Starts a command that is disturbed. */
    static TidemarkProcess start(Path directory, Fault fault, String... command) throws IOException {
        return start(java(FaultyTidemark.class), directory, fault.toArgument(), command);
    }

    private static List<String> java(Class<?> main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }

    /** As {@link #start(Path, Fault, String...)}, sooner. */
    static TidemarkProcess start(ClassArchive classes, Path directory, Fault fault, String... command)
            throws IOException {
        return start(classes.command(FaultyTidemark.class), directory, fault.toArgument(), command);
    }

    private static TidemarkProcess start(List<String> java, Path directory, String where, String... command)
            throws IOException {
        Path errors = Files.createTempFile(directory, "stderr", ".txt");
        List<String> line = new ArrayList<>(java);
        line.add(directory.toString());
        line.add(where);
        line.addAll(List.of(command));
        Process process =
                new ProcessBuilder(line).redirectError(errors.toFile()).start();
        return new TidemarkProcess(process, errors);
    }

    /** Waits until it is where it should pause; what it logs before that is passed over. */
    TidemarkProcess awaitPause() throws IOException {
        String line = output.readLine();
        while (line != null && !line.equals("PAUSED")) {
            line = output.readLine();
        }
        assertThat(line).as(Files.readString(errors)).isEqualTo("PAUSED");
        return this;
    }

    /** Waits until its fault is reached. */
    TidemarkProcess awaitFault() throws IOException {
        String line = output.readLine();
        assertThat(line).as(Files.readString(errors)).isEqualTo(REACHED);
        return this;
    }

    /** Waits until its next fault is reached, or until it ends; tells which. */
    boolean isFaultReachedBeforeTheEnd() throws IOException {
        return REACHED.equals(output.readLine());
    }

    void goOn() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /**
     * Stops it as a long pause of its machine would, and waits until every thread has stopped: one that is in the middle of a write
     * ends the write first.
     */
    void stop() throws IOException, InterruptedException {
        String threads = "cat /proc/" + process.pid() + "/task/*/stat 2>/dev/null";
        shell("kill -STOP " + process.pid() + "; while " + threads + " | grep -qv ') T '; do :; done");
    }

    void continueStopped() throws IOException, InterruptedException {
        shell("kill -CONT " + process.pid());
    }

    private static void shell(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", script).inheritIO().start();
        assertThat(shell.waitFor()).isZero();
    }

    /** Kills it with SIGKILL, after a while if it has not ended by itself until then. */
    void killAfter(long millis) throws InterruptedException {
        if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
            kill();
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits for its end by itself. */
    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
