package dev.tidemark.timestamp.raft;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundErrors;
import java.io.IOException;
import java.time.Duration;

/** Sends commands, again and again under the same number, until there is an answer or the time is over. Thread-safe. */
final class Commands implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(30);

    /** A leader that does not answer for so long may have died: another server is asked. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(1);

    private final RaftTimes times;
    private final RaftSeams seams;
    private final ClusterMember member;
    private final ClusterClient client;
    private volatile ClusterSession session;
    private volatile boolean isClosed;

    Commands(RaftSettings settings, RaftSeams seams, ClusterMember member) {
        this.times = settings.times();
        this.seams = seams;
        this.member = member;
        Duration attempt = LONGEST_ATTEMPT.compareTo(times.command()) < 0 ? LONGEST_ATTEMPT : times.command();
        this.client = ClusterClient.open(settings, member.cluster(), attempt);
    }

    /** An answer to a command of which the server knew the session. */
    record Reply(Answer answer, WireReader body) {}

    /** Opens a session. */
    void openSession(Duration timeout) {
        byte[] request = new Request(0, 1, 1, new Command.OpenSession()).encode();
        Reply reply = read(repeat(() -> request, timeout).answer());
        session = new ClusterSession(reply.body().int64());
    }

    /** Sends a command that can't be refused. */
    WireReader done(Command command) {
        Reply reply = send(command);
        if (reply.answer() != Answer.DONE) {
            throw unknownOutcome("answered " + reply.answer());
        }
        return reply.body();
    }

    Reply send(Command command) {
        ClusterSession present = session;
        Sent sent = send(command, present);
        Reply reply = read(sent.answer());
        if (reply.answer() == Answer.SESSION_EXPIRED) {
            renew(present);
            // Another attempt may have been applied before the session was forgotten.
            if (sent.attempts() > 1 && !command.isQuestion()) {
                throw unknownOutcome("does not know this server's session any more");
            }
            reply = read(send(command, session).answer());
        }
        if (reply.answer() == Answer.SESSION_EXPIRED || reply.answer() == Answer.TOO_LATE) {
            throw unknownOutcome("answered " + reply.answer());
        }
        return reply;
    }

    private Sent send(Command command, ClusterSession present) {
        long sequence = present.begin();
        try {
            return repeat(() -> present.request(sequence, command).encode(), times.command());
        } finally {
            present.end(sequence);
        }
    }

    private synchronized void renew(ClusterSession expired) {
        if (session == expired) {
            openSession(times.command());
        }
    }

    private Sent repeat(Attempt attempt, Duration timeout) {
        long began = seams.clock().nanoTime();
        for (int attempts = 1; ; attempts++) {
            checkOpen();
            try {
                return new Sent(client.send(attempt.request()), attempts);
            } catch (IOException e) {
                checkOpen();
                if (seams.clock().nanoTime() - began >= timeout.toNanos()
                        || Thread.currentThread().isInterrupted()) {
                    throw RaftErrors.unavailable(
                            "the cluster has not answered within " + timeout.toMillis() + " ms: " + e.getMessage(), e);
                }
            }
            pause();
        }
    }

    private void pause() {
        try {
            seams.sleeper().sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RaftErrors.unavailable("the wait for the cluster was interrupted", e);
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw BoundErrors.closed();
        }
        member.checkWorks();
    }

    private static Reply read(byte[] answer) {
        WireReader in = new WireReader(answer);
        return new Reply(Answer.read(in), in);
    }

    private static TimestampException unknownOutcome(String what) {
        return new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "the cluster " + what, "Send the request again.");
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            client.close();
        } catch (IOException e) {
            throw RaftErrors.unavailable("cannot close the connections to the cluster", e);
        }
    }

    private record Sent(byte[] answer, int attempts) {}

    @FunctionalInterface
    private interface Attempt {
        byte[] request();
    }
}
