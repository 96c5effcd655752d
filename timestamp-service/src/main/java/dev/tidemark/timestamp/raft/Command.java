package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.util.Optional;

/** What a server asks of the replicated bounds, questions included: each is an entry of the log. */
sealed interface Command {
    /** Tells whether it leaves everything as it is, so that it may be answered twice. */
    default boolean isQuestion() {
        return false;
    }

    private static void checkName(String namespace) {
        if (!NamespaceName.isValid(namespace)) {
            throw new IllegalArgumentException("namespace: '" + namespace + "' (expected: a name)");
        }
    }

    /** Opens a session; answered with its number. */
    record OpenSession() implements Command {}

    /** Asks for the namespaces. */
    record Namespaces() implements Question {}

    /** Asks for a namespace's state. */
    record Read(String namespace) implements Question {
        public Read {
            checkName(namespace);
        }
    }

    /** Creates a namespace that does not exist; answered with its state. */
    record Create(String namespace, BoundState initial) implements Command {
        public Create {
            checkName(namespace);
        }
    }

    /** Replaces a namespace's state. */
    record CompareAndSet(String namespace, BoundState expected, BoundState next) implements Command {
        public CompareAndSet {
            checkName(namespace);
            if (next.bound() < expected.bound() || next.epoch() < expected.epoch()) {
                throw new IllegalArgumentException("next state: " + next + " (expected: not below " + expected + ")");
            }
        }
    }

    /** Adds a point to a namespace's time index. */
    record AddPoint(String namespace, IssuedPoint point) implements Command {
        public AddPoint {
            checkName(namespace);
        }
    }

    /** Asks for the newest point of a namespace's time index. */
    record LastPoint(String namespace) implements Question {
        public LastPoint {
            checkName(namespace);
        }
    }

    /** Asks for points of a namespace's time index. */
    record Points(String namespace, long afterTimestamp, int maxPoints) implements Question {
        public Points {
            checkName(namespace);
            if (maxPoints < 1) {
                throw new IllegalArgumentException("maxPoints: " + maxPoints + " (expected: >= 1)");
            }
        }
    }

    /** Asks for the leader's record. */
    record Leader() implements Question {}

    /** Replaces the leader's record; answered with whether it was the expected one. */
    record ReplaceLeader(Optional<LeaderRecord> expected, LeaderRecord next) implements Command {}

    /** A command that changes nothing. */
    sealed interface Question extends Command {
        @Override
        default boolean isQuestion() {
            return true;
        }
    }
}
