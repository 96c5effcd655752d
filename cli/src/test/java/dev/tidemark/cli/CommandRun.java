package dev.tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;

/** A command line that was run in this process. */
record CommandRun(int exitCode, String out, String err) {
    /** Runs a command in a directory, without environment variables and without a terminal. */
    static CommandRun in(Path directory, String... arguments) {
        return in(directory, Map.of(), arguments);
    }

    static CommandRun in(Path directory, Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment::get,
                directory,
                false,
                InstantSource.system(),
                MonotonicClock.system(),
                Sleeper.system(),
                new SecureRandom());
        int exitCode = Tidemark.run(surroundings, arguments);
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Writes a configuration of the namespace {@code bank} with everything in the directory, and its passphrase. */
    static void configure(Path directory) {
        try {
            Files.writeString(
                    directory.resolve("tidemark.yml"),
                    """
                    archive:
                      type: filesystem
                      directory: archive
                      key:
                        type: passphrase
                        file: passphrase
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
            Path passphrase = Files.writeString(directory.resolve("passphrase"), "correct horse\n");
            Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
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
