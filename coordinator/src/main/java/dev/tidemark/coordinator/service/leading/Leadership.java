package dev.tidemark.coordinator.service.leading;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.row.EntryRow;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.leading.LeaderLease.State;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has one of a group of instances do the {@link Duties}. Thread-safe.
 *
 * <p>An instance whose lease ran out without another one having followed goes on with what it has begun, and begins nothing new: the
 * archive may be slow, and what runs is fenced otherwise. It ends its duties as soon as it sees that another one leads.
 */
public final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final int ID_BYTES = 8;
    private static final int RENEWALS_IN_A_LEASE = 3;

    private final LeaderLease lease;
    private final Candidate self;
    private final LeadingSettings settings;
    private final EngineSeams seams;
    private final List<PeriodicTasks.Registration> registrations = new ArrayList<>();

    private Duties duties;
    private boolean isOnDuty;
    private volatile boolean hasBegun;
    private volatile String problem = "";

    /**
     * Creates the candidate; does nothing before {@link #start}.
     *
     * @param namespaces what this instance would lead
     */
    public Leadership(Archive archive, Iterable<String> namespaces, LeadingSettings settings, EngineSeams seams) {
        TreeSet<String> ordered = new TreeSet<>();
        namespaces.forEach(ordered::add);
        this.self = new Candidate(newId(seams), seams.host(), settings.address(), List.copyOf(ordered));
        this.settings = settings;
        this.seams = seams;
        EntryRow<LeaderEntry> row =
                new EntryRow<>(archive.store(), archive.documents(), folder(settings.group()), new LeaderEntry.Codec());
        lease = new LeaderLease(row, self, settings.lease(), seams);
    }

    /**
     * Begins to stand for the lead. When nobody leads, this instance does on return, if the archive answers.
     *
     * @param whenLeading what to do while it leads
     */
    public synchronized void start(Duties whenLeading) {
        duties = whenLeading;
        leaseRound();
        dutyRound();
        registrations.add(seams.periodicTasks()
                .every("leader-lease", settings.lease().dividedBy(RENEWALS_IN_A_LEASE), this::leaseRound));
        registrations.add(seams.periodicTasks().every("leader-duties", settings.dutyInterval(), this::dutyRound));
    }

    /** Tells whether this instance leads, and nobody else can: what is begun now is begun by who leads. */
    public boolean leads() {
        return lease.state() == State.LEADS;
    }

    /** Tells whether this instance leads and has begun its duties: it can be asked for what only the leader does. */
    public boolean isReady() {
        return hasBegun && leads();
    }

    /** Returns who leads, as far as this instance knows. */
    public LeaderView view() {
        State state = lease.state();
        Optional<LeaderEntry> entry =
                lease.seen().filter(seen -> seen.kind() == LeaderEntry.Kind.LEADS || state == State.LEADS);
        TreeSet<String> uncovered = new TreeSet<>(self.namespaces());
        entry.ifPresent(seen -> seen.namespaces().forEach(uncovered::remove));
        return new LeaderView(
                self.instance(),
                self.host(),
                settings.group(),
                isReady(),
                entry.map(seen -> new LeaderView.Leader(
                                seen.instance(), seen.host(), seen.address(), seen.term(), seen.at()))
                        .orElse(null),
                entry.isPresent() ? List.copyOf(uncovered) : List.of(),
                problem);
    }

    /** Ends the duties, and gives the lead to whoever wants it. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        registrations.forEach(PeriodicTasks.Registration::close);
        registrations.clear();
        endDuties();
        try {
            lease.release();
        } catch (CoordinatorException e) {
            LOG.warn("the lead could not be given up, and runs out by itself: {}", e.getMessage());
        }
    }

    private void leaseRound() {
        boolean wasLeading = lease.state() == State.LEADS;
        try {
            lease.round();
            problem = "";
        } catch (CoordinatorException e) {
            if (!e.getMessage().equals(problem)) {
                LOG.warn("who leads can't be told or renewed: {}", e.getMessage());
            }
            problem = e.getMessage();
        } catch (RuntimeException e) {
            LOG.error("who leads can't be told", e);
            problem = e.toString();
        }
        if (wasLeading != (lease.state() == State.LEADS)) {
            LOG.info("instance {} of group '{}': {}", self.instance(), settings.group(), lease.state());
        }
    }

    private void dutyRound() {
        try {
            State state = lease.state();
            if (state == State.FOLLOWS) {
                endDuties();
            } else if (isOnDuty) {
                duties.goOn();
            } else if (state == State.LEADS) {
                isOnDuty = true;
                duties.begin();
                hasBegun = true;
            }
        } catch (RuntimeException e) {
            LOG.error("the duties of who leads could not be done, and are begun again", e);
            endDuties();
        }
    }

    private void endDuties() {
        if (isOnDuty) {
            isOnDuty = false;
            hasBegun = false;
            duties.end();
        }
    }

    private static String folder(String group) {
        return "service/" + ObjectKey.escape(group) + "/leader/";
    }

    private static String newId(EngineSeams seams) {
        byte[] bytes = new byte[ID_BYTES];
        seams.random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
