package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One server's copy of the bounds: what the commands of the log lead to, and nothing else, so that all copies at the same place of
 * the log are alike. Not thread-safe: one thread applies the log.
 */
final class ReplicatedBounds {
    /** Longest answer to a change: one byte, and a state or less. */
    static final int MAX_CHANGE_ANSWER_BYTES = 1024;

    private static final int MAX_NAMESPACES = 1_000_000;

    private final SortedMap<String, BoundState> states;
    private final SortedMap<String, PointHistory> points;
    private final Sessions sessions;
    private Optional<LeaderRecord> leader;

    private ReplicatedBounds(
            SortedMap<String, BoundState> states,
            SortedMap<String, PointHistory> points,
            Sessions sessions,
            Optional<LeaderRecord> leader) {
        this.states = states;
        this.points = points;
        this.sessions = sessions;
        this.leader = leader;
    }

    /** Returns the copy that a log begins with. */
    static ReplicatedBounds empty() {
        return new ReplicatedBounds(new TreeMap<>(), new TreeMap<>(), new Sessions(), Optional.empty());
    }

    /**
     * Applies an entry of the log.
     *
     * @param index its number
     * @return the answer, see {@link Answer}
     */
    byte[] apply(long index, Request request) {
        if (request.command() instanceof Command.OpenSession) {
            return sessions.open(index);
        }
        return sessions.answer(request, () -> apply(request.command()));
    }

    private byte[] apply(Command command) {
        if (command instanceof Command.Read read) {
            BoundState state = states.get(read.namespace());
            return state == null ? Answer.UNKNOWN_NAMESPACE.alone() : done(state);
        }
        if (command instanceof Command.CompareAndSet change) {
            return compareAndSet(change);
        }
        if (command instanceof Command.Create create) {
            states.putIfAbsent(create.namespace(), create.initial());
            return done(states.get(create.namespace()));
        }
        if (command instanceof Command.ReplaceLeader replace) {
            boolean isExpected = leader.equals(replace.expected());
            leader = isExpected ? Optional.of(replace.next()) : leader;
            return Answer.DONE.begin().int8(isExpected ? 1 : 0).toBytes();
        }
        if (command instanceof Command.Leader) {
            return Answer.DONE.begin().leader(leader).toBytes();
        }
        if (command instanceof Command.Namespaces) {
            WireWriter out = Answer.DONE.begin().int32(states.size());
            states.keySet().forEach(out::text);
            return out.toBytes();
        }
        return applyToPoints(command);
    }

    private byte[] compareAndSet(Command.CompareAndSet change) {
        BoundState state = states.get(change.namespace());
        if (state == null) {
            return Answer.UNKNOWN_NAMESPACE.alone();
        }
        if (!state.equals(change.expected())) {
            return Answer.OTHER_STATE.begin().state(state).toBytes();
        }
        states.put(change.namespace(), change.next());
        return Answer.DONE.alone();
    }

    private byte[] applyToPoints(Command command) {
        if (command instanceof Command.AddPoint add && states.containsKey(add.namespace())) {
            PointHistory history = points.computeIfAbsent(add.namespace(), name -> new PointHistory());
            Optional<IssuedPoint> last = history.last();
            if (last.isPresent() && !add.point().follows(last.get())) {
                return Answer.POINT_DOES_NOT_FOLLOW.begin().point(last.get()).toBytes();
            }
            history.add(add.point());
            return Answer.DONE.alone();
        }
        if (command instanceof Command.LastPoint ask && states.containsKey(ask.namespace())) {
            return done(history(ask.namespace()).last().map(List::of).orElse(List.of()));
        }
        if (command instanceof Command.Points ask && states.containsKey(ask.namespace())) {
            return done(history(ask.namespace()).after(ask.afterTimestamp(), ask.maxPoints()));
        }
        return Answer.UNKNOWN_NAMESPACE.alone();
    }

    private PointHistory history(String namespace) {
        return points.getOrDefault(namespace, new PointHistory());
    }

    private static byte[] done(BoundState state) {
        return Answer.DONE.begin().state(state).toBytes();
    }

    private static byte[] done(List<IssuedPoint> found) {
        WireWriter out = Answer.DONE.begin().int32(found.size());
        found.forEach(out::point);
        return out.toBytes();
    }

    void writeTo(WireWriter out) {
        out.leader(leader).int32(states.size());
        states.forEach((name, state) -> {
            out.text(name).state(state);
            history(name).writeTo(out);
        });
        sessions.writeTo(out);
    }

    static ReplicatedBounds readFrom(WireReader in) {
        Optional<LeaderRecord> leader = in.leader();
        SortedMap<String, BoundState> states = new TreeMap<>();
        SortedMap<String, PointHistory> points = new TreeMap<>();
        int count = in.count(MAX_NAMESPACES);
        for (int i = 0; i < count; i++) {
            String name = in.text();
            states.put(name, in.state());
            PointHistory history = PointHistory.readFrom(in);
            if (history.size() > 0) {
                points.put(name, history);
            }
        }
        return new ReplicatedBounds(states, points, Sessions.readFrom(in), leader);
    }
}
