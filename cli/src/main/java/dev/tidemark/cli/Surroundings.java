package dev.tidemark.cli;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Everything that a command takes from the process that it runs in.
 *
 * @param out for results
 * @param err for progress and errors
 * @param in what commands read that are told to read standard input
 * @param environment value of an environment variable, null when it is not set
 * @param workingDirectory relative paths on the command line start here
 * @param isTerminal whether a person watches
 * @param clock wall-clock time, for people to read
 * @param monotonicClock measures durations
 * @param sleeper waits
 * @param random source of ids
 * @param answers asks a person for a line of text, with the question; empty when nobody answers
 */
record Surroundings(
        PrintStream out,
        PrintStream err,
        InputStream in,
        UnaryOperator<String> environment,
        Path workingDirectory,
        boolean isTerminal,
        InstantSource clock,
        MonotonicClock monotonicClock,
        Sleeper sleeper,
        RandomGenerator random,
        UnaryOperator<String> answers) {
    /** Returns those of the running process. */
    static Surroundings system() {
        return new Surroundings(
                System.out,
                System.err,
                System.in,
                System::getenv,
                Path.of("").toAbsolutePath(),
                System.console() != null,
                InstantSource.system(),
                MonotonicClock.system(),
                Sleeper.system(),
                new SecureRandom(),
                Surroundings::ask);
    }

    private static String ask(String question) {
        Console console = System.console();
        String answer = console == null ? null : console.readLine("%s ", question);
        return answer == null ? "" : answer.strip();
    }
}
