package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The right of one process to a data directory. */
public final class DirectoryLock {
    /**
     * The directories that this process has locked. The one piece of global state of the module, because a POSIX file lock
     * is global too: it belongs to the process, not to the channel, and is lost when the process closes <em>any</em>
     * descriptor of the file. So a second attempt must be refused before it opens the file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final int MAX_HOLDER_LENGTH = 100;

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Locks a directory.
     *
     * @param directory its real path
     * @throws TimestampException {@link ErrorCode#BOUND_STORE_IN_USE} when a process, this one included, has it
     */
    public static DirectoryLock acquire(Path directory) throws IOException {
        if (!HELD.add(directory)) {
            throw inUse(directory);
        }
        boolean isAcquired = false;
        try {
            DirectoryLock lock = open(directory);
            isAcquired = true;
            return lock;
        } finally {
            if (!isAcquired) {
                HELD.remove(directory);
            }
        }
    }

    /** Gives it up; twice does nothing. */
    public void release() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try {
            Files.deleteIfExists(holderFile(directory));
        } catch (IOException e) {
            // It only serves messages; the lock goes with the channel.
        }
        try {
            channel.close();
        } finally {
            HELD.remove(directory);
        }
    }

    private static DirectoryLock open(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isAcquired = false;
        try {
            if (channel.tryLock() == null) {
                throw inUse(directory);
            }
            Files.writeString(
                    holderFile(directory), "process " + ProcessHandle.current().pid() + "\n");
            isAcquired = true;
            return new DirectoryLock(directory, channel);
        } finally {
            if (!isAcquired) {
                channel.close();
            }
        }
    }

    private static TimestampException inUse(Path directory) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_IN_USE,
                "data directory '" + directory + "' is in use by " + holder(directory),
                "Stop the other oracle, or send the request to it.");
    }

    private static String holder(Path directory) {
        try {
            String text = Files.readString(holderFile(directory)).strip();
            return text.isEmpty() || text.length() > MAX_HOLDER_LENGTH ? "another process" : text;
        } catch (IOException e) {
            return "another process";
        }
    }

    private static Path holderFile(Path directory) {
        return directory.resolve("holder");
    }
}
