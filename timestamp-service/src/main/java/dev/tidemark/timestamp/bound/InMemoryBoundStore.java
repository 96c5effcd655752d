package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A bound store that lives as long as the object: for simulations, tests and scratch oracles. {@link #close} keeps the
 * states, and {@link #reopened} gives them to the next process, so that a restart of an oracle can be played.
 */
public final class InMemoryBoundStore implements BoundStore {
    private final SortedMap<String, BoundState> states;
    private final Deque<TimestampException> failures = new ArrayDeque<>();
    private boolean isClosed;

    /** Creates an empty store. */
    public InMemoryBoundStore() {
        this(new TreeMap<>());
    }

    private InMemoryBoundStore(SortedMap<String, BoundState> states) {
        this.states = states;
    }

    /** Returns a store with the states of this one, as if the process had been restarted; this one is closed. */
    public synchronized InMemoryBoundStore reopened() {
        isClosed = true;
        return new InMemoryBoundStore(new TreeMap<>(states));
    }

    /** Makes the next change fail with this error and change nothing; several calls make as many changes fail. */
    public synchronized void failNext(TimestampException failure) {
        failures.add(failure);
    }

    /** Puts a state as if another process had written it. */
    public synchronized void pretendWrittenByOther(String namespace, BoundState state) {
        states.put(namespace, state);
    }

    @Override
    public synchronized SortedSet<String> namespaces() {
        checkOpen();
        return new TreeSet<>(states.keySet());
    }

    @Override
    public synchronized BoundState create(String namespace) {
        checkOpen();
        NamespaceName.check(namespace);
        if (!states.containsKey(namespace)) {
            throwNextFailure();
            states.put(namespace, BoundState.INITIAL);
        }
        return states.get(namespace);
    }

    @Override
    public synchronized BoundState read(String namespace) {
        checkOpen();
        BoundState state = states.get(namespace);
        if (state == null) {
            throw BoundErrors.unknown(namespace, states.keySet());
        }
        return state;
    }

    @Override
    public synchronized void compareAndSet(String namespace, BoundState expected, BoundState next) {
        BoundErrors.checkNotLowered(expected, next);
        BoundState found = read(namespace);
        if (!found.equals(expected)) {
            throw BoundErrors.changedByOther(namespace, expected, found);
        }
        throwNextFailure();
        states.put(namespace, next);
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }

    private void checkOpen() {
        if (isClosed) {
            throw BoundErrors.closed();
        }
    }

    private void throwNextFailure() {
        TimestampException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
    }
}
