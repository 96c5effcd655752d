package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Supplier;

/** A shared store in memory, as one process sees it; each process has a view of its own. A test decides what becomes of its changes. */
public final class InMemorySharedStore implements SharedBoundStore {
    private final Database database;
    private Supplier<Fate> fates = () -> Fate.TAKEN;
    private boolean isClosed;

    /** A change of what all have in common. */
    private interface Change<T> {
        T make();
    }

    /** What becomes of a change. */
    public enum Fate {
        /** It is made and acknowledged. */
        TAKEN,
        /** It is not made, and its sender does not know. */
        LOST,
        /** It is made, and its sender does not know. */
        TAKEN_UNKNOWN,
        /** It is still on its way; {@link Database#deliver} makes it if it still can be made. Its sender does not know. */
        DELAYED
    }

    private InMemorySharedStore(Database database) {
        this.database = database;
    }

    /** Lets somebody decide on every change from now on, right before it is made. */
    public void decide(Supplier<Fate> newFates) {
        fates = newFates;
    }

    /** What all views have in common. */
    public static final class Database {
        private final InMemoryBoundStore states = new InMemoryBoundStore();
        private final Deque<Runnable> onTheirWay = new ArrayDeque<>();
        private LeaderRecord leader;

        /** Opens a view for one more process. */
        public InMemorySharedStore open() {
            return new InMemorySharedStore(this);
        }

        /** Lets the oldest delayed change arrive, if there is one. */
        public synchronized void deliver() {
            Runnable change = onTheirWay.poll();
            if (change != null) {
                change.run();
            }
        }

        private synchronized boolean replaceLeader(Optional<LeaderRecord> expected, LeaderRecord next) {
            if (!Optional.ofNullable(leader).equals(expected)) {
                return false;
            }
            leader = next;
            return true;
        }
    }

    @Override
    public Optional<LeaderRecord> leader() {
        checkOpen();
        synchronized (database) {
            return Optional.ofNullable(database.leader);
        }
    }

    @Override
    public boolean replaceLeader(Optional<LeaderRecord> expected, LeaderRecord next) {
        return change(() -> database.replaceLeader(expected, next));
    }

    @Override
    public void compareAndSet(String namespace, BoundState expected, BoundState next) {
        BoundErrors.checkNotLowered(expected, next);
        change(() -> {
            database.states.compareAndSet(namespace, expected, next);
            return true;
        });
    }

    @Override
    public BoundState create(String namespace, BoundState initial) {
        return change(() -> database.states.create(namespace, initial));
    }

    private <T> T change(Change<T> change) {
        checkOpen();
        switch (fates.get()) {
            case TAKEN:
                synchronized (database) {
                    return change.make();
                }
            case TAKEN_UNKNOWN:
                synchronized (database) {
                    change.make();
                }
                break;
            case DELAYED:
                synchronized (database) {
                    database.onTheirWay.add(() -> tryAgain(change));
                }
                break;
            default:
                break;
        }
        throw new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "no answer from the store", "");
    }

    private static void tryAgain(Change<?> change) {
        try {
            change.make();
        } catch (TimestampException e) {
            // it came too late, and nobody is there to be told
        }
    }

    @Override
    public SortedSet<String> namespaces() {
        checkOpen();
        return database.states.namespaces();
    }

    @Override
    public BoundState read(String namespace) {
        checkOpen();
        return database.states.read(namespace);
    }

    @Override
    public void addPoint(String namespace, IssuedPoint point) {
        checkOpen();
        database.states.addPoint(namespace, point);
    }

    @Override
    public Optional<IssuedPoint> lastPoint(String namespace) {
        checkOpen();
        return database.states.lastPoint(namespace);
    }

    @Override
    public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        checkOpen();
        return database.states.points(namespace, afterTimestamp, maxPoints);
    }

    /** Closes this view alone. */
    @Override
    public void close() {
        isClosed = true;
    }

    private void checkOpen() {
        if (isClosed) {
            throw BoundErrors.closed();
        }
    }
}
