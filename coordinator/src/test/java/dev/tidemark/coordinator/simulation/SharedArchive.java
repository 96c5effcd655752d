package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * An archive that is created once, because its keys are costly, and whose objects and randomness are exchanged for each world. Not
 * thread-safe.
 */
final class SharedArchive {
    private final Archive archive;
    private final Map<ObjectKey, byte[]> header = new TreeMap<>();
    private ObjectStore present = new InMemoryObjectStore();
    private RandomGenerator random = new SplittableRandom(0);

    SharedArchive() {
        archive = Archive.create(
                new Switch(),
                ArchiveKey.keyFile(new byte[ArchiveKey.MIN_KEY_FILE_BYTES]),
                new ArchiveSeams(() -> Instant.EPOCH, () -> random.nextLong(), Runnable::run));
        present.forEach("", info -> header.put(info.key(), present.read(info.key())));
    }

    /** Returns objects with what every archive holds from the beginning. */
    InMemoryObjectStore newObjects() {
        InMemoryObjectStore objects = new InMemoryObjectStore();
        header.forEach((key, content) -> objects.create(key, ByteBuffer.wrap(content)));
        return objects;
    }

    /** Returns the archive, which now works on these objects. */
    Archive on(ObjectStore objects, RandomGenerator newRandom) {
        present = objects;
        random = newRandom;
        return archive;
    }

    private final class Switch implements ObjectStore {
        @Override
        public void create(ObjectKey key, ByteBuffer content) {
            present.create(key, content);
        }

        @Override
        public byte[] read(ObjectKey key) {
            return present.read(key);
        }

        @Override
        public byte[] read(ObjectKey key, long offset, int length) {
            return present.read(key, offset, length);
        }

        @Override
        public Optional<ObjectInfo> head(ObjectKey key) {
            return present.head(key);
        }

        @Override
        public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
            return present.list(prefix, startAfter, limit);
        }

        @Override
        public void delete(ObjectKey key) {
            present.delete(key);
        }

        @Override
        public String location() {
            return "shared";
        }
    }
}
