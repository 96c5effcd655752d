package dev.tidemark.coordinator.archive.object;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/**
 * Objects in memory, with the guarantees of {@link ObjectStore} and hooks for simulations: failures before and after an
 * effect, an observer of each step, and damage. Thread-safe.
 */
public final class InMemoryObjectStore implements ObjectStore {
    /** The methods that hooks tell apart. */
    public enum Operation {
        CREATE,
        READ,
        HEAD,
        LIST,
        DELETE
    }

    /** Is told before and after each effect; what it throws comes out of the call, as if the process or the store had died. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Receives one moment.
         *
         * @param key the object, or the prefix of a listing
         * @param isDone false before the effect, true after it
         */
        void observed(Operation operation, String key, boolean isDone);
    }

    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<Operation, Deque<RuntimeException>> failuresBefore = new EnumMap<>(Operation.class);
    private final Map<Operation, Deque<RuntimeException>> failuresAfter = new EnumMap<>(Operation.class);
    private volatile Observer observer = (operation, key, isDone) -> {};

    /** Creates an empty store. */
    public InMemoryObjectStore() {
        for (Operation operation : Operation.values()) {
            failuresBefore.put(operation, new ArrayDeque<>());
            failuresAfter.put(operation, new ArrayDeque<>());
        }
    }

    /** Replaces the observer. */
    public void observe(Observer newObserver) {
        observer = newObserver;
    }

    /** Makes the next call fail before it has an effect; several queue up. */
    public void failNext(Operation operation, RuntimeException failure) {
        add(failuresBefore, operation, failure);
    }

    /** Makes the next call fail after its effect, as if the answer were lost; several queue up. */
    public void failAfterNext(Operation operation, RuntimeException failure) {
        add(failuresAfter, operation, failure);
    }

    /** Changes the content of an object behind everybody's back; creates it from an empty one when there is none. */
    public void damage(ObjectKey key, UnaryOperator<byte[]> change) {
        objects.compute(key.value(), (name, content) -> change.apply(content == null ? new byte[0] : content.clone()));
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        ObjectStoreChecks.requireSize(content.remaining());
        before(Operation.CREATE, key.value());
        byte[] copy = new byte[content.remaining()];
        content.duplicate().get(copy);
        if (objects.putIfAbsent(key.value(), copy) != null) {
            throw ObjectStoreChecks.exists(key);
        }
        after(Operation.CREATE, key.value());
    }

    @Override
    public byte[] read(ObjectKey key) {
        before(Operation.READ, key.value());
        byte[] content = content(key).clone();
        after(Operation.READ, key.value());
        return content;
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        ObjectStoreChecks.requireRange(offset, length);
        before(Operation.READ, key.value());
        byte[] content = content(key);
        int from = (int) Math.min(offset, content.length);
        byte[] part = Arrays.copyOfRange(content, from, (int) Math.min((long) from + length, content.length));
        after(Operation.READ, key.value());
        return part;
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        before(Operation.HEAD, key.value());
        Optional<ObjectInfo> info =
                Optional.ofNullable(objects.get(key.value())).map(content -> new ObjectInfo(key, content.length));
        after(Operation.HEAD, key.value());
        return info;
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        ObjectStoreChecks.requireLimit(limit);
        before(Operation.LIST, prefix);
        List<ObjectInfo> page = new ArrayList<>();
        boolean isFromPrefix = startAfter.compareTo(prefix) < 0;
        Map<String, byte[]> tail = objects.tailMap(isFromPrefix ? prefix : startAfter, isFromPrefix);
        for (Map.Entry<String, byte[]> entry : tail.entrySet()) {
            if (page.size() == limit || !entry.getKey().startsWith(prefix)) {
                break;
            }
            page.add(new ObjectInfo(new ObjectKey(entry.getKey()), entry.getValue().length));
        }
        after(Operation.LIST, prefix);
        return page;
    }

    @Override
    public void delete(ObjectKey key) {
        before(Operation.DELETE, key.value());
        objects.remove(key.value());
        after(Operation.DELETE, key.value());
    }

    @Override
    public String location() {
        return "memory";
    }

    private byte[] content(ObjectKey key) {
        byte[] content = objects.get(key.value());
        if (content == null) {
            throw ObjectStoreChecks.missing(key);
        }
        return content;
    }

    private void before(Operation operation, String key) {
        observer.observed(operation, key, false);
        throwNext(failuresBefore, operation);
    }

    private void after(Operation operation, String key) {
        throwNext(failuresAfter, operation);
        observer.observed(operation, key, true);
    }

    private static void add(
            Map<Operation, Deque<RuntimeException>> failures, Operation operation, RuntimeException failure) {
        synchronized (failures) {
            failures.get(operation).add(failure);
        }
    }

    private static void throwNext(Map<Operation, Deque<RuntimeException>> failures, Operation operation) {
        RuntimeException failure;
        synchronized (failures) {
            failure = failures.get(operation).poll();
        }
        if (failure != null) {
            throw failure;
        }
    }
}
