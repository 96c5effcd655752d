package dev.tidemark.cli.bench;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/** A directory that belongs to a benchmark alone while it runs, and is as before when it is closed. Not thread-safe. */
final class ScratchDirectory implements AutoCloseable {
    private final Path root;
    private final boolean wasThere;

    private ScratchDirectory(Path root, boolean wasThere) {
        this.root = root;
        this.wasThere = wasThere;
    }

    /** Makes a directory where the system keeps temporary files. */
    static ScratchDirectory temporary() {
        try {
            return new ScratchDirectory(
                    Files.createTempDirectory("tidemark-bench-").toRealPath(), false);
        } catch (IOException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "no temporary directory can be created: " + e,
                    "Name an empty directory with --directory.",
                    e);
        }
    }

    /**
     * Takes a directory that is empty, or creates it.
     *
     * @throws CliException {@link ErrorCode#NOT_ALLOWED_NOW} when there is anything in it, {@link ErrorCode#INVALID_INPUT}
     *     when it can't be used
     */
    static ScratchDirectory at(Path root) {
        try {
            boolean isThere = Files.exists(root);
            if (isThere && !Files.isDirectory(root)) {
                throw refused(root, "is not a directory");
            }
            if (isThere && !isEmpty(root)) {
                throw refused(root, "is not empty");
            }
            Files.createDirectories(root);
            return new ScratchDirectory(root.toRealPath(), isThere);
        } catch (IOException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "directory '" + root + "' can't be used: " + e,
                    "Name another directory with --directory.",
                    e);
        }
    }

    Path path() {
        return root;
    }

    /** Removes everything in the directory. */
    void empty() {
        try {
            deleteBelow(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes everything in the directory, and the directory unless it was there before. */
    @Override
    public void close() {
        empty();
        if (!wasThere) {
            try {
                Files.deleteIfExists(root);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void deleteBelow(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
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
                if (!visited.equals(root)) {
                    Files.delete(visited);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static CliException refused(Path root, String reason) {
        return new CliException(
                ErrorCode.NOT_ALLOWED_NOW,
                "directory '" + root + "' " + reason + " (expected: an empty directory, or none)",
                "Name a new or empty directory with --directory.");
    }
}
