package dev.tidemark.coordinator.archive.filesystem;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;

/**
 * The folder {@code tmp/} of an archive, where contents are written before they get their names.
 *
 * <p>A file is locked while it is in use; the system releases the lock when the process dies. So whoever can lock a file there
 * knows that a crash left it, and removes it. Names are random: should a file be removed under a writer's hands all the same
 * (between its creation and its lock), then giving it its name fails, and never gives another content to that name.
 */
final class TemporaryFiles {
    private final Path folder;
    private final RandomGenerator random;
    private final ContentSink sink;

    TemporaryFiles(Path root, RandomGenerator random, ContentSink sink) {
        folder = root.resolve("tmp");
        this.random = random;
        this.sink = sink;
    }

    Path folder() {
        return folder;
    }

    /** Removes what crashes have left. The folder must exist. */
    void removeLeftovers() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    removeIfUnused(file);
                }
            }
        }
    }

    /** Writes a content durably, hands its file to the action and removes it afterwards. The folder must exist. */
    void with(ByteBuffer content, PathAction action) throws IOException {
        Path file = folder.resolve(new ObjectId(random.nextLong(), random.nextLong()).toString());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            try {
                channel.tryLock();
                sink.write(channel, content.duplicate());
                channel.force(true);
                action.apply(file);
            } finally {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void removeIfUnused(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(file);
            }
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            // Another writer of this process has it, or it is gone by now.
        }
    }

    /** What is done with a written file. */
    @FunctionalInterface
    interface PathAction {
        void apply(Path file) throws IOException;
    }

    /** Writes a content to its end; the place where a test lets a disk run full. */
    @FunctionalInterface
    interface ContentSink {
        void write(FileChannel channel, ByteBuffer content) throws IOException;
    }
}
