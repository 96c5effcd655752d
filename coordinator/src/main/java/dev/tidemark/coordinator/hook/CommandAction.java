package dev.tidemark.coordinator.hook;

import dev.tidemark.kvs.time.MonotonicClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program, without a shell. It is told what happens by environment variables and gets no other ones than those that are given to
 * it: a passphrase in the environment of this process stays there. When its time is over, or the thread is interrupted, it is killed with
 * all processes that it has started and that have not left it.
 */
public final class CommandAction implements HookAction {
    private static final Duration SLICE = Duration.ofMillis(20);

    private final List<String> command;
    private final Map<String, String> environment;
    private final MonotonicClock clock;

    /**
     * Creates the action.
     *
     * @param command the program and its arguments
     * @param environment variables besides those that say what happens
     * @param clock measures how long it runs
     */
    public CommandAction(List<String> command, Map<String, String> environment, MonotonicClock clock) {
        this.command = List.copyOf(command);
        this.environment = new TreeMap<>(environment);
        this.clock = clock;
    }

    @Override
    public String describe() {
        return "'" + command.get(0) + "'";
    }

    @Override
    public HookResult run(HookFacts facts, Duration limit) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(facts.variables());
        Process process;
        try {
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            return new HookResult("can't be started: " + e.getMessage(), "");
        }
        try {
            return await(process, limit);
        } finally {
            kill(process);
        }
    }

    private HookResult await(Process process, Duration limit) throws InterruptedException {
        BoundedOutput output = new BoundedOutput();
        long from = clock.nanoTime();
        while (!process.waitFor(SLICE.toMillis(), TimeUnit.MILLISECONDS)) {
            read(process, output);
            if (clock.nanoTime() - from >= limit.toNanos()) {
                kill(process);
                return new HookResult("has not ended within " + limit.toSeconds() + " s and was killed", output.text());
            }
        }
        read(process, output);
        int exitCode = process.exitValue();
        return exitCode == 0
                ? HookResult.succeeded(output.text())
                : new HookResult("has ended with exit code " + exitCode, output.text());
    }

    /** Reads what is there and never waits: a process that it has left behind may keep the pipe open for ever. */
    private static void read(Process process, BoundedOutput output) {
        InputStream in = process.getInputStream();
        try {
            int available = in.available();
            for (int read = 0; available > 0 && read < BoundedOutput.MAX_READ; available = in.available()) {
                byte[] bytes = in.readNBytes(Math.min(available, BoundedOutput.MAX_PIECE));
                output.add(bytes);
                read += bytes.length;
            }
        } catch (IOException e) {
            output.add(("(its output can't be read: " + e.getMessage() + ")").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Its children first: without it nobody would know whose they were. */
    private static void kill(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
            process.destroyForcibly();
            family.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
