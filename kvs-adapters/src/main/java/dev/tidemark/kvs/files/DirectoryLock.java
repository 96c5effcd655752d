package dev.tidemark.kvs.files;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ownership of a store's directory, or of what an agent keeps about a store, by one holder in one process. The operating system
 * drops it when the process dies, so the lock is the truth about who owns the directory. The file {@code lock} in it is locked by
 * the owner and always empty; process id and use, in the file {@code holder}, only serve messages.
 *
 * <p>Locks of POSIX belong to the process and end as soon as the process closes <em>any</em> descriptor of the file. So
 * inside of one process the file must never be opened twice: {@link #HELD} is asked first, and nobody reads the file. It is
 * static because the thing that it describes, the process, is.
 *
 * <p>Visitors (a backup that looks at a store at rest) hold the lock for milliseconds; whoever wants it waits for them, and
 * refuses at once when an owner has it. Thread-safe.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final Map<Path, Use> HELD = new ConcurrentHashMap<>();

    private static final String LOCK_FILE = "lock";
    private static final String HOLDER_FILE = "holder";
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(20);
    private static final int MAX_ATTEMPTS = 250;
    private static final int MAX_TEXT_BYTES = 100;

    private final Path file;
    private final Path holderFile;
    private final FileChannel channel;
    private boolean isReleased;

    private DirectoryLock(Path file, Path holderFile, FileChannel channel) {
        this.file = file;
        this.holderFile = holderFile;
        this.channel = channel;
    }

    /** What a holder does with the store. */
    public enum Use {
        /** Serves an application and, through the endpoint in {@code owner.json}, those who want a snapshot. */
        SERVING,
        /** Works with the store and talks to nobody. */
        PRIVATE,
        /** Looks at the store, or moves files, for a short time. */
        VISITING
    }

    /**
     * Who holds a lock.
     *
     * @param pid process id; 0 when not known
     * @param use what for; {@link Use#VISITING} when not known, because that passes
     */
    public record Holder(long pid, Use use) {}

    /**
     * Takes the lock, creating the directory when it is not there; waits up to 5 s for visitors.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_IN_USE} when it is held, {@link ErrorCode#INTERRUPTED} when the
     *     thread is interrupted while it waits; the flag is set again then
     */
    public static DirectoryLock acquire(Path directory, Use use, Sleeper sleeper) {
        Holder holder = new Holder(0, Use.VISITING);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Optional<DirectoryLock> lock = tryAcquire(directory, use);
            if (lock.isPresent()) {
                return lock.get();
            }
            holder = holder(directory);
            if (holder.use() != Use.VISITING) {
                break;
            }
            pause(directory, sleeper);
        }
        throw inUse(directory, holder);
    }

    /** Waits one interval between two attempts to get the lock or to reach its holder. */
    public static void pause(Path directory, Sleeper sleeper) {
        try {
            sleeper.sleep(RETRY_INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyValueStoreException(
                    ErrorCode.INTERRUPTED,
                    "interrupted while waiting for the lock of store '" + directory + "'",
                    "Run the same command again.",
                    e);
        }
    }

    /** Returns how often callers of {@link #pause} try in all, which makes 5 s. */
    public static int maxAttempts() {
        return MAX_ATTEMPTS;
    }

    /** Takes the lock unless somebody holds it; creates the directory when it is not there. */
    public static Optional<DirectoryLock> tryAcquire(Path directory, Use use) {
        try {
            DurableFiles.createDirectories(directory);
            Path file = directory.toRealPath().resolve(LOCK_FILE);
            if (HELD.putIfAbsent(file, use) != null) {
                return Optional.empty();
            }
            boolean isAcquired = false;
            try {
                Optional<DirectoryLock> lock = lockFile(file, directory.resolve(HOLDER_FILE), use);
                isAcquired = lock.isPresent();
                return lock;
            } finally {
                if (!isAcquired) {
                    HELD.remove(file);
                }
            }
        } catch (IOException e) {
            throw FileErrors.translate("lock", directory, e);
        }
    }

    /** Returns what is known of the holder of a lock that could not be taken. */
    public static Holder holder(Path directory) {
        try {
            Use ownUse = HELD.get(directory.toRealPath().resolve(LOCK_FILE));
            if (ownUse != null) {
                return new Holder(ProcessHandle.current().pid(), ownUse);
            }
            return parse(Files.readString(directory.resolve(HOLDER_FILE), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return new Holder(0, Use.VISITING);
        }
    }

    /** Returns the error for a store that somebody holds. */
    public static KeyValueStoreException inUse(Path directory, Holder holder) {
        String by = holder.pid() == 0 ? "another process" : "the process with id " + holder.pid();
        return new KeyValueStoreException(
                ErrorCode.STORE_IN_USE,
                "store '" + directory + "' is in use by " + by,
                "Stop " + by + ", which holds '" + directory + "', or wait for its end.");
    }

    private static Optional<DirectoryLock> lockFile(Path file, Path holderFile, Use use) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isAcquired = false;
        try {
            if (channel.tryLock() == null) {
                return Optional.empty();
            }
            String text = ProcessHandle.current().pid() + " " + use.name().toLowerCase(Locale.ROOT) + "\n";
            Files.writeString(holderFile, text, StandardCharsets.US_ASCII);
            isAcquired = true;
            return Optional.of(new DirectoryLock(file, holderFile, channel));
        } finally {
            if (!isAcquired) {
                channel.close();
            }
        }
    }

    private static Holder parse(String text) {
        String[] words = text.strip().split(" ", -1);
        if (text.length() > MAX_TEXT_BYTES || words.length != 2) {
            return new Holder(0, Use.VISITING);
        }
        try {
            return new Holder(Long.parseLong(words[0]), Use.valueOf(words[1].toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            return new Holder(0, Use.VISITING);
        }
    }

    /** Releases the lock; releasing twice does nothing. The locked file stays: removing it would let two holders in. */
    @Override
    public synchronized void close() {
        if (isReleased) {
            return;
        }
        isReleased = true;
        try {
            Files.deleteIfExists(holderFile);
        } catch (IOException e) {
            // The text only serves messages; the lock goes with the channel.
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw FileErrors.translate("unlock", file, e);
        } finally {
            HELD.remove(file);
        }
    }
}
