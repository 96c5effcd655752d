package dev.tidemark.timestamp.leader;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.oracle.Authority;
import dev.tidemark.timestamp.oracle.LeadershipView;
import dev.tidemark.timestamp.oracle.NamespaceView;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The oracles of a process that has to be elected: other processes have the same bound store open. With each term the states are read
 * again and all leases on immutable timestamps are lost, as after a restart. Thread-safe.
 */
public final class ElectedOracles implements OracleHost {
    private final SharedBoundStore store;
    private final OracleSettings settings;
    private final OracleSeams seams;
    private final Candidate self;
    private final boolean isStrict;
    private final LeaderElection election;

    /** Null while this process does not lead. */
    private volatile TimestampOracles leading;

    private ElectedOracles(
            SharedBoundStore store, OracleSettings settings, OracleSeams seams, Candidate self, boolean isStrict) {
        this.store = store;
        this.settings = settings;
        this.seams = seams;
        this.self = self;
        this.isStrict = isStrict;
        this.election = new LeaderElection(store, self, seams, new Listener());
    }

    /**
     * Begins to wait for the time when nobody leads; leads already when this returns, if the store says that nobody does.
     *
     * @param store is closed with this object
     * @param isStrict whether every answer waits for the store's confirmation, see {@link ConfirmedTerm}
     */
    public static ElectedOracles start(
            SharedBoundStore store, OracleSettings settings, OracleSeams seams, Candidate self, boolean isStrict) {
        ElectedOracles oracles = new ElectedOracles(store, settings, seams, self, isStrict);
        oracles.election.start();
        return oracles;
    }

    @Override
    public TimestampOracles oracles() {
        TimestampOracles present = leading;
        if (present == null) {
            throw new TimestampException(
                    ErrorCode.NOT_LEADER,
                    "this server does not lead: "
                            + leader().map(record -> record.describe() + " does")
                                    .orElse("nobody has been seen to"),
                    "Send the request to the server that leads, or again when one does.");
        }
        return present;
    }

    @Override
    public Optional<String> leaderAddress() {
        return leader().map(LeaderRecord::address).filter(address -> !address.isEmpty());
    }

    /** Returns the record of the leader as it was seen last; empty when nobody leads that is known, or gives up. */
    public Optional<LeaderRecord> leader() {
        return election.seen().filter(record -> !record.isReleased());
    }

    /** Tells whether this process leads. */
    public boolean isLeading() {
        return leading != null;
    }

    /** Returns what this process says of itself. */
    public Candidate self() {
        return self;
    }

    @Override
    public LeadershipView leadership() {
        return election.view();
    }

    @Override
    public List<NamespaceView> views(int maxLeases) {
        TimestampOracles present = leading;
        return present == null ? List.of() : present.views(maxLeases);
    }

    @Override
    public SortedMap<String, IssuedPoint> lastPoints() {
        TimestampOracles present = leading;
        return present == null ? new TreeMap<>() : present.lastPoints();
    }

    @Override
    public void release() {
        election.handOver();
    }

    @Override
    public void checkHealth() {
        TimestampOracles present = leading;
        if (present != null) {
            present.checkHealth();
        } else {
            store.leader();
        }
    }

    @Override
    public void close() {
        TimestampOracles present = leading;
        leading = null;
        if (present != null) {
            present.standDown(new TimestampException(
                    ErrorCode.ORACLE_UNAVAILABLE, "this server is stopping", "Send the request to another server."));
        }
        election.close();
        store.close();
    }

    private final class Listener implements TermListener {
        @Override
        public void begun(Term term) {
            Authority authority = isStrict ? new ConfirmedTerm(term, election) : term;
            leading = new TimestampOracles(store, settings, seams, authority);
        }

        @Override
        public void ended(TimestampException reason) {
            TimestampOracles lost = leading;
            leading = null;
            if (lost != null) {
                lost.end(reason);
            }
        }
    }
}
