package dev.tidemark.cli.demo;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The directory of a demonstration and what is where in it. Never touches a directory that no demonstration has made: its mark
 * is the file {@value #MARKER}.
 */
final class DemoDirectory {
    static final String NAMESPACE = "bank";
    static final String STORE_NAME = "main";

    private static final String MARKER = ".tidemark-demo";

    private final Path root;

    private DemoDirectory(Path root) {
        this.root = root;
    }

    /**
     * Sets up an empty directory. What an earlier demonstration has left in it is removed.
     *
     * @throws CliException {@link ErrorCode#NOT_ALLOWED_NOW} when it holds anything else
     */
    static DemoDirectory prepare(Path root) {
        Path marker = root.resolve(MARKER);
        try {
            if (Files.exists(root) && !Files.isDirectory(root)) {
                throw refused(root, "is not a directory");
            }
            if (Files.isRegularFile(marker)) {
                deleteAllButMarker(root);
            } else if (Files.isDirectory(root) && !isEmpty(root)) {
                throw refused(root, "is not empty and was not made by a demo");
            }
            Files.createDirectories(root);
            Files.writeString(marker, "Made by 'tidemark demo', which replaces everything in this directory.\n");
        } catch (IOException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "demo directory '" + root + "' can't be set up: " + e,
                    "Name another directory with --dir.",
                    e);
        }
        return new DemoDirectory(root);
    }

    Path root() {
        return root;
    }

    Path store() {
        return root.resolve("store");
    }

    Path oracle() {
        return root.resolve("oracle");
    }

    Path archive() {
        return root.resolve("archive");
    }

    Path passphrase() {
        return root.resolve("passphrase");
    }

    /** The configuration of what the demonstration leaves behind. */
    Path configuration() {
        return root.resolve("tidemark.yml");
    }

    /** The same archive, with a store and an oracle that do not exist yet: for trying a restore. */
    Path scratchConfiguration() {
        return root.resolve("scratch.yml");
    }

    /** Writes passphrase and configurations. */
    void writeConfigurations(String secret) {
        try {
            Files.createFile(
                    passphrase(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(passphrase(), secret + "\n");
            Files.writeString(configuration(), yaml("store", "oracle"));
            Files.writeString(scratchConfiguration(), yaml("scratch-store", "scratch-oracle"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String yaml(String store, String oracle) {
        return """
                archive:
                  type: filesystem
                  directory: archive
                  key:
                    type: passphrase
                    file: passphrase
                oracle:
                  type: file
                  directory: %s
                namespaces:
                  %s:
                    stores:
                      %s:
                        type: rocksdb
                        directory: %s
                """
                .formatted(oracle, NAMESPACE, STORE_NAME, store);
    }

    /** Destroys a part of the directory, as a fire would. */
    void destroy(Path part) {
        if (!part.startsWith(root)) {
            throw new IllegalArgumentException("part: " + part + " (expected: inside " + root + ")");
        }
        try {
            deleteRecursively(part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    /** The mark goes last, that is never: a removal that was interrupted can be repeated. */
    private static void deleteAllButMarker(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                if (!entry.getFileName().toString().equals(MARKER)) {
                    deleteRecursively(entry);
                }
            }
        }
    }

    private static void deleteRecursively(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static CliException refused(Path root, String reason) {
        return new CliException(
                ErrorCode.NOT_ALLOWED_NOW,
                "demo directory '" + root + "' " + reason,
                "Name a new or empty directory with --dir.");
    }
}
