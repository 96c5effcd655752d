package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes the files of an archive without waiting for the disk, which a million of them would take hours for. What it writes need not
 * outlive the machine, and nobody else may write at the same time. Everything but creation is left to the real store. Thread-safe.
 */
final class FastFiles implements ObjectStore {
    private final Path root;
    private final ObjectStore store;
    private final Set<Path> folders = ConcurrentHashMap.newKeySet();

    /**
     * Creates a store.
     *
     * @param root directory of the real store
     */
    FastFiles(Path root, ObjectStore store) {
        this.root = root;
        this.store = store;
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        Path file = root.resolve(key.value());
        try {
            if (folders.add(file.getParent())) {
                Files.createDirectories(file.getParent());
            }
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = content.duplicate();
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw ObjectStoreChecks.exists(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte[] read(ObjectKey key) {
        return store.read(key);
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return store.read(key, offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return store.head(key);
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        return store.list(prefix, startAfter, limit);
    }

    @Override
    public void delete(ObjectKey key) {
        store.delete(key);
    }

    @Override
    public String location() {
        return store.location();
    }
}
