package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
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
    private final SortedMap<String, List<IssuedPoint>> timeIndexes;
    private final Deque<TimestampException> failures = new ArrayDeque<>();
    private final Deque<TimestampException> pointFailures = new ArrayDeque<>();
    private boolean isClosed;

    /** Creates an empty store. */
    public InMemoryBoundStore() {
        this(new TreeMap<>(), new TreeMap<>());
    }

    private InMemoryBoundStore(SortedMap<String, BoundState> states, SortedMap<String, List<IssuedPoint>> timeIndexes) {
        this.states = states;
        this.timeIndexes = timeIndexes;
    }

    /** Returns a store with what this one holds, as if the process had been restarted; this one is closed. */
    public synchronized InMemoryBoundStore reopened() {
        isClosed = true;
        SortedMap<String, List<IssuedPoint>> copies = new TreeMap<>();
        timeIndexes.forEach((namespace, points) -> copies.put(namespace, new ArrayList<>(points)));
        return new InMemoryBoundStore(new TreeMap<>(states), copies);
    }

    /** Makes the next change fail with this error and change nothing; several calls make as many changes fail. */
    public synchronized void failNext(TimestampException failure) {
        failures.add(failure);
    }

    /** Makes the next point fail with this error, and not be added; several calls make as many points fail. */
    public synchronized void failNextPoint(TimestampException failure) {
        pointFailures.add(failure);
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
    public synchronized BoundState create(String namespace, BoundState initial) {
        checkOpen();
        NamespaceName.check(namespace);
        if (!states.containsKey(namespace)) {
            throwNextFailure();
            states.put(namespace, initial);
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
    public synchronized void addPoint(String namespace, IssuedPoint point) {
        BoundErrors.checkFollows(point, lastPoint(namespace));
        throwNext(pointFailures);
        List<IssuedPoint> points = timeIndexes.computeIfAbsent(namespace, name -> new ArrayList<>());
        points.add(point);
        if (points.size() > TimeIndexLevels.MAX_POINTS + TimeIndexLevels.SLACK_POINTS) {
            timeIndexes.put(namespace, TimeIndexLevels.thin(points));
        }
    }

    @Override
    public synchronized Optional<IssuedPoint> lastPoint(String namespace) {
        read(namespace);
        List<IssuedPoint> points = timeIndexes.getOrDefault(namespace, List.of());
        return points.isEmpty() ? Optional.empty() : Optional.of(points.get(points.size() - 1));
    }

    @Override
    public synchronized List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        read(namespace);
        return timeIndexes.getOrDefault(namespace, List.of()).stream()
                .filter(point -> point.timestamp() > afterTimestamp)
                .limit(maxPoints)
                .toList();
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
        throwNext(failures);
    }

    private static void throwNext(Deque<TimestampException> failures) {
        TimestampException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
    }
}
