package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What this process knows to have been durable, so that it notices when the store goes back. What was known before a statement was sent
 * is compared with what the statement has found. Thread-safe.
 */
final class KnownStates {
    private static final Comparator<LeaderRecord> BY_AGE =
            Comparator.comparingLong(LeaderRecord::epoch).thenComparingLong(LeaderRecord::renewal);

    private final PostgresServer server;
    private final ConcurrentMap<String, BoundState> states = new ConcurrentHashMap<>();
    private final AtomicReference<Optional<LeaderRecord>> leader = new AtomicReference<>(Optional.empty());

    KnownStates(PostgresServer server) {
        this.server = server;
    }

    /** Returns the newest state that is known of a namespace. */
    Optional<BoundState> of(String namespace) {
        return Optional.ofNullable(states.get(namespace));
    }

    void note(String namespace, BoundState state) {
        states.merge(namespace, state, (known, other) -> isOlder(other, known) ? known : other);
    }

    /** Notes what was found of a namespace, unless it is older than what was known before. */
    void check(String namespace, Optional<BoundState> before, Optional<BoundState> found) {
        if (before.isPresent() && (found.isEmpty() || isOlder(found.get(), before.get()))) {
            throw wentBack("namespace '" + namespace + "'", describe(before), describe(found));
        }
        found.ifPresent(state -> note(namespace, state));
    }

    /** Returns the newest record of the leader that is known. */
    Optional<LeaderRecord> leader() {
        return leader.get();
    }

    void noteLeader(LeaderRecord record) {
        leader.accumulateAndGet(Optional.of(record), (known, other) -> isOlder(other, known) ? known : other);
    }

    /** Notes the leader's record that was found, unless it is older than what was known before. */
    void checkLeader(Optional<LeaderRecord> before, Optional<LeaderRecord> found) {
        if (before.isPresent() && (found.isEmpty() || isOlder(found, before))) {
            throw wentBack(
                    "leader's record",
                    "that of " + before.get().describe(),
                    found.map(record -> "that of " + record.describe()).orElse("none"));
        }
        found.ifPresent(this::noteLeader);
    }

    private static boolean isOlder(BoundState state, BoundState other) {
        return state.bound() < other.bound() || state.epoch() < other.epoch();
    }

    private static boolean isOlder(Optional<LeaderRecord> record, Optional<LeaderRecord> other) {
        return record.isPresent() && other.isPresent() && BY_AGE.compare(record.get(), other.get()) < 0;
    }

    private static String describe(Optional<BoundState> state) {
        return state.map(known -> "bound " + known.bound() + " in epoch " + known.epoch())
                .orElse("nothing");
    }

    private TimestampException wentBack(String what, String known, String found) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                "bound store at '" + server.describe() + "' went back: " + what + " was at " + known + " and has "
                        + found,
                "Find out whether PostgreSQL was restored, failed over or changed by hand; raise each bound above every timestamp"
                        + " that its clients have before the oracle is started again.");
    }
}
