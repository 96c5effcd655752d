package dev.tidemark.timestamp.raft;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Lets each change be applied once, however often it was sent: a sender that gets no answer sends the same request again, and both
 * may be in the log.
 *
 * <p>A session remembers the answers to its changes from its floor on, and refuses what is below: the sender has said that it does
 * not wait for that any more, so nobody is misled, and a copy that turns up late changes nothing. Only the {@link #MAX_SESSIONS}
 * sessions that were used last are kept; a request of another one is refused as well. All of this is decided by the order of the log
 * alone, so that all replicas decide alike.
 */
final class Sessions {
    /** Each server that runs has one and uses it several times in a second. */
    static final int MAX_SESSIONS = 64;

    /** By number; the one that was used last is last. */
    private final LinkedHashMap<Long, Session> sessions = new LinkedHashMap<>();

    /** Opens a session; its number is that of the log entry, which there is only one of. */
    byte[] open(long number) {
        sessions.put(number, new Session(1));
        if (sessions.size() > MAX_SESSIONS) {
            Iterator<Long> oldest = sessions.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return Answer.DONE.begin().int64(number).toBytes();
    }

    /** Returns the answer to a request: that of the first time, or of applying it now. */
    byte[] answer(Request request, Supplier<byte[]> apply) {
        Session session = sessions.remove(request.session());
        if (session == null) {
            return Answer.SESSION_EXPIRED.alone();
        }
        sessions.put(request.session(), session);
        if (request.sequence() < session.floor) {
            return Answer.TOO_LATE.alone();
        }
        session.raiseFloor(request.floor());
        if (request.command().isQuestion()) {
            return apply.get();
        }
        byte[] known = session.answers.get(request.sequence());
        if (known != null) {
            return known;
        }
        byte[] answer = apply.get();
        session.answers.put(request.sequence(), answer);
        return answer;
    }

    void writeTo(WireWriter out) {
        out.int32(sessions.size());
        for (Map.Entry<Long, Session> entry : sessions.entrySet()) {
            Session session = entry.getValue();
            out.int64(entry.getKey()).int64(session.floor).int32(session.answers.size());
            session.answers.forEach((sequence, answer) -> out.int64(sequence).block(answer));
        }
    }

    static Sessions readFrom(WireReader in) {
        Sessions read = new Sessions();
        int count = in.count(MAX_SESSIONS);
        for (int i = 0; i < count; i++) {
            long number = in.int64();
            Session session = new Session(in.int64());
            int answers = in.count(Request.WINDOW);
            for (int k = 0; k < answers; k++) {
                session.answers.put(in.int64(), in.block(ReplicatedBounds.MAX_CHANGE_ANSWER_BYTES));
            }
            read.sessions.put(number, session);
        }
        return read;
    }

    private static final class Session {
        /** By sequence number; all from the floor on, and less than {@link Request#WINDOW} above it. */
        private final SortedMap<Long, byte[]> answers = new TreeMap<>();

        private long floor;

        Session(long floor) {
            this.floor = floor;
        }

        void raiseFloor(long to) {
            if (to > floor) {
                floor = to;
                answers.headMap(to).clear();
            }
        }
    }
}
