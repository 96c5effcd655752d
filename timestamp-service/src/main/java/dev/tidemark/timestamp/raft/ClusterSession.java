package dev.tidemark.timestamp.raft;

import java.util.TreeSet;

/** This server's session: numbers its commands, and knows which of them are waited for. Thread-safe. */
final class ClusterSession {
    private final long number;
    private final TreeSet<Long> waiting = new TreeSet<>();
    private long last;

    ClusterSession(long number) {
        this.number = number;
    }

    /**
     * Takes the next number.
     *
     * @throws dev.tidemark.timestamp.TimestampException when too many commands wait
     */
    synchronized long begin() {
        if (!waiting.isEmpty() && last + 1 - waiting.first() >= Request.WINDOW) {
            throw RaftErrors.unavailable(
                    "command " + waiting.first() + " of this server has been waiting while " + Request.WINDOW
                            + " more were sent",
                    null);
        }
        last++;
        waiting.add(last);
        return last;
    }

    synchronized Request request(long sequence, Command command) {
        return new Request(number, sequence, waiting.first(), command);
    }

    /** Says that a command is not waited for any more, answered or not. */
    synchronized void end(long sequence) {
        waiting.remove(sequence);
    }
}
