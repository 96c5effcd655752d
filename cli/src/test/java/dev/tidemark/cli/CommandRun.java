package dev.tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A command line that was run in this process. */
record CommandRun(int exitCode, String out, String err) {
    /** Runs a command in a directory, without environment variables and without a terminal. */
    static CommandRun in(Path directory, String... arguments) {
        return in(directory, Map.of(), arguments);
    }

    static CommandRun in(Path directory, Map<String, String> environment, String... arguments) {
        return in(directory, environment, InstantSource.system(), new SecureRandom(), arguments);
    }

    /** Runs a command whose ids follow from the clock and the source of randomness. */
    static CommandRun in(Path directory, InstantSource clock, RandomGenerator random, String... arguments) {
        return in(directory, Map.of(), clock, random, arguments);
    }

    /** Runs a command whose archive, oracle and stores are decorated. */
    static CommandRun in(Path directory, Decoration decoration, String... arguments) {
        return in(directory, Map.of(), InstantSource.system(), new SecureRandom(), decoration, arguments);
    }

    private static CommandRun in(
            Path directory,
            Map<String, String> environment,
            InstantSource clock,
            RandomGenerator random,
            String... arguments) {
        return in(directory, environment, clock, random, Decoration.NONE, arguments);
    }

    private static CommandRun in(
            Path directory,
            Map<String, String> environment,
            InstantSource clock,
            RandomGenerator random,
            Decoration decoration,
            String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                InputStream.nullInputStream(),
                environment::get,
                directory,
                false,
                clock,
                MonotonicClock.system(),
                Sleeper.system(),
                random,
                question -> "");
        int exitCode = Tidemark.run(surroundings, decoration, arguments);
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /**
     * Writes a configuration of the namespace {@code bank} with everything in the directory, and its key file: unlike a
     * passphrase it is not slow by design.
     */
    static void configure(Path directory) {
        try {
            Files.writeString(
                    directory.resolve("tidemark.yml"),
                    """
                    archive:
                      type: filesystem
                      directory: archive
                      key:
                        type: key-file
                        file: key
                    oracle:
                      type: file
                      directory: oracle
                    namespaces:
                      bank:
                        stores:
                          main:
                            type: rocksdb
                            directory: store
                    """);
            Path key = Files.writeString(directory.resolve("key"), "k".repeat(32));
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parses standard output as one JSON document. */
    JsonNode json() {
        try {
            return new ObjectMapper().readTree(out);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + out + err, e);
        }
    }
}
