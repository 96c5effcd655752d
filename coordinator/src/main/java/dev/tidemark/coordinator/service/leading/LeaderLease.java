package dev.tidemark.coordinator.service.leading;

import dev.tidemark.coordinator.archive.row.EntryRow;
import dev.tidemark.coordinator.operation.EngineSeams;
import java.time.Duration;
import java.util.Optional;

/**
 * The right to lead, as one instance has it. An entry is the leader's promise for the length of its lease. Others take over only after
 * they have seen the same last entry for a whole lease on their own monotonic clock, so that no wall clock is compared with another;
 * the leader counts from before it has sent the entry.
 *
 * <p>For one thread, but for {@link #state} and {@link #seen}.
 */
final class LeaderLease {
    private static final int ENTRIES_KEPT = 4;

    private final EntryRow<LeaderEntry> row;
    private final Candidate self;
    private final Duration lease;
    private final EngineSeams seams;

    /** The own last entry while this instance leads, as far as it knows. */
    private volatile LeaderEntry own;

    private volatile long deadlineNanos;

    /** The last entry that was seen of whomever. */
    private volatile LeaderEntry seen;

    private long seenAtNanos;

    LeaderLease(EntryRow<LeaderEntry> row, Candidate self, Duration lease, EngineSeams seams) {
        this.row = row;
        this.self = self;
        this.lease = lease;
        this.seams = seams;
    }

    enum State {
        /** This instance leads. */
        LEADS,
        /** It led, and could not renew in time: another one may lead by now. Nothing new may be begun. */
        UNCERTAIN,
        /** Another one leads, or nobody does. */
        FOLLOWS
    }

    State state() {
        if (own == null) {
            return State.FOLLOWS;
        }
        return deadlineNanos - seams.monotonicClock().nanoTime() > 0 ? State.LEADS : State.UNCERTAIN;
    }

    /** Returns the last entry that this instance knows of; it may be old. */
    Optional<LeaderEntry> seen() {
        return Optional.ofNullable(seen);
    }

    /**
     * Renews the lease, or takes it when nobody has it.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException when the archive does not answer; nothing is lost by that but time
     */
    void round() {
        if (own == null) {
            tryToLead();
        } else {
            renew(LeaderEntry.Kind.LEADS);
        }
    }

    /** Gives up the lead, so that another one leads at once; does nothing for who does not lead. */
    void release() {
        if (own != null) {
            renew(LeaderEntry.Kind.RELEASED);
            own = null;
        }
    }

    private void tryToLead() {
        Optional<LeaderEntry> last = row.last();
        if (last.isPresent() && !mayFollow(last.get())) {
            return;
        }
        long sentAt = seams.monotonicClock().nanoTime();
        LeaderEntry entry = new LeaderEntry(
                LeaderEntry.FORMAT_VERSION,
                last.map(LeaderEntry::sequence).orElse(0L) + 1,
                LeaderEntry.Kind.LEADS,
                last.map(LeaderEntry::term).orElse(0L) + 1,
                self.instance(),
                self.host(),
                self.address(),
                seams.clock().instant(),
                lease.toMillis(),
                self.namespaces());
        if (row.append(entry)) {
            lead(entry, sentAt);
        }
    }

    /** Tells whether the instance of an entry leads no more. */
    private boolean mayFollow(LeaderEntry last) {
        long now = seams.monotonicClock().nanoTime();
        if (seen == null || !seen.isSameEntry(last)) {
            seenAtNanos = now;
        }
        seen = last;
        return last.kind() == LeaderEntry.Kind.RELEASED
                || last.instance().equals(self.instance()) // it was created, and the answer was lost
                || now - seenAtNanos >= Duration.ofMillis(last.leaseMillis()).toNanos();
    }

    private void renew(LeaderEntry.Kind kind) {
        long sentAt = seams.monotonicClock().nanoTime();
        LeaderEntry next = own.next(kind, seams.clock().instant(), lease.toMillis());
        while (!row.append(next)) {
            Optional<LeaderEntry> last = row.last();
            if (last.isEmpty() || !last.get().isSameEntry(next)) {
                own = null;
                last.ifPresent(this::mayFollow);
                return;
            }
            // It was created by an earlier attempt whose answer was lost, and others have seen it since: only what is
            // said now counts.
            if (kind == LeaderEntry.Kind.RELEASED && last.get().kind() == kind) {
                break;
            }
            next = next.next(kind, seams.clock().instant(), lease.toMillis());
        }
        lead(next, sentAt);
    }

    private void lead(LeaderEntry entry, long sentAtNanos) {
        deadlineNanos = sentAtNanos + lease.toNanos();
        seen = entry;
        own = entry;
        row.removeBefore(entry.sequence() - ENTRIES_KEPT);
    }
}
