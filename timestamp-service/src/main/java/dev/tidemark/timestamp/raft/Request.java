package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.bound.LeaderRecord;
import java.util.Optional;

/**
 * A command as it stands in the log, format version 1.
 *
 * @param session number of the sender's session; 0 with {@link Command.OpenSession}
 * @param sequence number of the command in its session, &gt;= 1; the same when it is sent again
 * @param floor no command below this number is waited for; 1..{@code sequence}, and less than {@link #WINDOW} below it
 * @param command what is asked
 */
record Request(long session, long sequence, long floor, Command command) {
    /** So far may the commands of a session that are waited for at a time be apart; bounds what a session remembers. */
    static final int WINDOW = 256;

    private static final int VERSION = 1;
    private static final int OPEN_SESSION = 1;
    private static final int NAMESPACES = 2;
    private static final int READ = 3;
    private static final int CREATE = 4;
    private static final int COMPARE_AND_SET = 5;
    private static final int ADD_POINT = 6;
    private static final int LAST_POINT = 7;
    private static final int POINTS = 8;
    private static final int LEADER = 9;
    private static final int REPLACE_LEADER = 10;

    Request {
        if (session < 0 || floor < 1 || floor > sequence || sequence - floor >= WINDOW) {
            throw new IllegalArgumentException("session: " + session + ", sequence: " + sequence + ", floor: " + floor
                    + " (expected: 0.., a window of less than " + WINDOW + ")");
        }
    }

    byte[] encode() {
        WireWriter out = WireWriter.inMemory();
        out.int8(VERSION).int8(kind()).int64(session).int64(sequence).int64(floor);
        encodeCommand(out);
        return out.toBytes();
    }

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException when it is not one, or one of another version
     */
    static Request decode(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        int version = in.int8();
        if (version != VERSION) {
            throw new IllegalArgumentException("format version of a command: " + version + " (expected: 1)");
        }
        int kind = in.int8();
        long session = in.int64();
        long sequence = in.int64();
        long floor = in.int64();
        Request request = new Request(session, sequence, floor, decodeCommand(kind, in));
        in.end();
        return request;
    }

    private int kind() {
        if (command instanceof Command.OpenSession) {
            return OPEN_SESSION;
        }
        if (command instanceof Command.Namespaces) {
            return NAMESPACES;
        }
        if (command instanceof Command.Read) {
            return READ;
        }
        if (command instanceof Command.Create) {
            return CREATE;
        }
        if (command instanceof Command.CompareAndSet) {
            return COMPARE_AND_SET;
        }
        if (command instanceof Command.AddPoint) {
            return ADD_POINT;
        }
        if (command instanceof Command.LastPoint) {
            return LAST_POINT;
        }
        if (command instanceof Command.Points) {
            return POINTS;
        }
        return command instanceof Command.Leader ? LEADER : REPLACE_LEADER;
    }

    private void encodeCommand(WireWriter out) {
        if (command instanceof Command.Read read) {
            out.text(read.namespace());
        } else if (command instanceof Command.Create create) {
            out.text(create.namespace()).state(create.initial());
        } else if (command instanceof Command.CompareAndSet change) {
            out.text(change.namespace()).state(change.expected()).state(change.next());
        } else if (command instanceof Command.AddPoint add) {
            out.text(add.namespace()).point(add.point());
        } else if (command instanceof Command.LastPoint last) {
            out.text(last.namespace());
        } else if (command instanceof Command.Points points) {
            out.text(points.namespace()).int64(points.afterTimestamp()).int32(points.maxPoints());
        } else if (command instanceof Command.ReplaceLeader replace) {
            out.leader(replace.expected()).leader(Optional.of(replace.next()));
        }
    }

    private static Command decodeCommand(int kind, WireReader in) {
        switch (kind) {
            case OPEN_SESSION:
                return new Command.OpenSession();
            case NAMESPACES:
                return new Command.Namespaces();
            case READ:
                return new Command.Read(in.text());
            case CREATE:
                return new Command.Create(in.text(), in.state());
            case COMPARE_AND_SET:
                return new Command.CompareAndSet(in.text(), in.state(), in.state());
            case ADD_POINT:
                return new Command.AddPoint(in.text(), in.point());
            case LAST_POINT:
                return new Command.LastPoint(in.text());
            case POINTS:
                return new Command.Points(in.text(), in.int64(), in.int32());
            case LEADER:
                return new Command.Leader();
            case REPLACE_LEADER:
                return replaceLeader(in);
            default:
                throw new IllegalArgumentException("kind of a command: " + kind + " (expected: 1..10)");
        }
    }

    private static Command replaceLeader(WireReader in) {
        Optional<LeaderRecord> expected = in.leader();
        LeaderRecord next = in.leader()
                .orElseThrow(() -> new IllegalArgumentException("leader's record: none (expected: the next one)"));
        return new Command.ReplaceLeader(expected, next);
    }
}
