package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The archive's place. An object whose creation was not acknowledged may be visible without being durable, until somebody is told
 * that it exists; a loss of power takes such objects away. What is acknowledged stays.
 */
final class SimulatedArchive implements ObjectStore {
    private final Calls calls;
    private final InMemoryObjectStore objects;
    private final Set<ObjectKey> volatileKeys = new TreeSet<>();

    SimulatedArchive(Calls calls, InMemoryObjectStore objects) {
        this.calls = calls;
        this.objects = objects;
    }

    /** Marks an object as visible and not durable. */
    void makeVolatile(ObjectKey key) {
        volatileKeys.add(key);
    }

    /** Loses some of the objects that are not durable; returns them. */
    List<ObjectKey> losePower(RandomGenerator random) {
        List<ObjectKey> lost = new ArrayList<>();
        for (ObjectKey key : volatileKeys) {
            if (random.nextBoolean()) {
                objects.delete(key);
                lost.add(key);
            }
        }
        volatileKeys.clear();
        return lost;
    }

    /** Returns the objects themselves. */
    InMemoryObjectStore objects() {
        return objects;
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        calls.call("archive.create", new Object[] {key, content}, () -> {
            try {
                objects.create(key, content);
            } catch (CoordinatorException e) {
                if (e.code() == ErrorCode.OBJECT_EXISTS) {
                    volatileKeys.remove(key); // who is told that it exists may rely on it
                }
                throw e;
            }
            return null;
        });
    }

    @Override
    public byte[] read(ObjectKey key) {
        return (byte[]) calls.call("archive.read", new Object[] {key}, () -> objects.read(key));
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return (byte[])
                calls.call("archive.read", new Object[] {key, offset, length}, () -> objects.read(key, offset, length));
    }

    @Override
    @SuppressWarnings("unchecked")
    public Optional<ObjectInfo> head(ObjectKey key) {
        return (Optional<ObjectInfo>) calls.call("archive.head", new Object[] {key}, () -> objects.head(key));
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        return (List<ObjectInfo>) calls.call(
                "archive.list",
                new Object[] {prefix, startAfter, limit},
                () -> objects.list(prefix, startAfter, limit));
    }

    @Override
    public void delete(ObjectKey key) {
        calls.call("archive.delete", new Object[] {key}, () -> {
            objects.delete(key);
            return null;
        });
    }

    @Override
    public String location() {
        return "simulated";
    }
}
