package dev.tidemark.timestamp.raft;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundErrors;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Bounds that the timestamp servers replicate among themselves: each process runs one server of an Apache Ratis cluster, and sends
 * its commands to the one that leads the log. Thread-safe.
 *
 * <p><b>Questions are commands, too.</b> Every method has an entry committed to the log and returns what applying it gave. Ratis
 * could answer questions without the log, by its leader's lease or after asking its followers, but a leader that was stopped and
 * goes on may then answer with what is long out of date; the same holds for asking a server whether it leads. Whether this process
 * may issue timestamps is decided by the epochs and the leader's record that this store keeps, never by who leads the log.
 *
 * <p><b>Each change is applied once.</b> An attempt that gets no answer is sent again under the same number, and the replicas
 * remember the answers, see {@link Sessions}. When the time is over, the outcome is not known: {@link ErrorCode#ORACLE_UNAVAILABLE}.
 *
 * <p>When this server's own log can't be written any more, say because its disk is full, every method throws that from then on, also
 * when the other servers could go on.
 *
 * <p>The time index is shorter than that of a directory, see {@link PointHistory}.
 */
public final class RaftBoundStore implements SharedBoundStore {
    private final ClusterMember member;
    private final Commands commands;

    private RaftBoundStore(ClusterMember member, Commands commands) {
        this.member = member;
        this.commands = commands;
    }

    /**
     * Begins a cluster with this server as its only member; the others join it. Nothing runs yet.
     *
     * @param cluster a random number
     * @throws TimestampException {@link ErrorCode#NOT_ALLOWED_NOW} when the data directory is not empty
     */
    public static void createCluster(RaftSettings settings, UUID cluster) {
        ClusterMember.create(settings, cluster);
    }

    /**
     * Starts this process's server, has it join if it is to, and waits for a majority.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION} when the directory has no data, or another server's;
     *     {@link ErrorCode#BOUND_STORE_DAMAGED} when they can't be trusted; {@link ErrorCode#BOUND_STORE_IN_USE} when a process has
     *     the directory open; {@link ErrorCode#ORACLE_UNAVAILABLE} when there is no majority in time
     */
    public static RaftBoundStore open(RaftSettings settings, RaftSeams seams) {
        ClusterMember member = ClusterMember.start(settings, seams);
        boolean isOpen = false;
        try {
            Commands commands = new Commands(settings, seams, member);
            commands.openSession(settings.times().start());
            isOpen = true;
            return new RaftBoundStore(member, commands);
        } finally {
            if (!isOpen) {
                member.close();
            }
        }
    }

    @Override
    public SortedSet<String> namespaces() {
        WireReader answer = commands.done(new Command.Namespaces());
        SortedSet<String> names = new TreeSet<>();
        for (int left = answer.count(Integer.MAX_VALUE); left > 0; left--) {
            names.add(answer.text());
        }
        return names;
    }

    @Override
    public BoundState create(String namespace, BoundState initial) {
        NamespaceName.check(namespace);
        return commands.done(new Command.Create(namespace, initial)).state();
    }

    @Override
    public BoundState read(String namespace) {
        checkName(namespace);
        return inNamespace(namespace, new Command.Read(namespace)).state();
    }

    @Override
    public void compareAndSet(String namespace, BoundState expected, BoundState next) {
        BoundErrors.checkNotLowered(expected, next);
        checkName(namespace);
        Commands.Reply reply = commands.send(new Command.CompareAndSet(namespace, expected, next));
        if (reply.answer() == Answer.OTHER_STATE) {
            throw BoundErrors.changedByOther(namespace, expected, reply.body().state());
        }
        checkExists(namespace, reply);
    }

    @Override
    public void addPoint(String namespace, IssuedPoint point) {
        checkName(namespace);
        Commands.Reply reply = commands.send(new Command.AddPoint(namespace, point));
        if (reply.answer() == Answer.POINT_DOES_NOT_FOLLOW) {
            BoundErrors.checkFollows(point, Optional.of(reply.body().point()));
        }
        checkExists(namespace, reply);
    }

    @Override
    public Optional<IssuedPoint> lastPoint(String namespace) {
        checkName(namespace);
        return points(inNamespace(namespace, new Command.LastPoint(namespace))).stream()
                .findFirst();
    }

    @Override
    public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        checkName(namespace);
        return points(inNamespace(namespace, new Command.Points(namespace, afterTimestamp, maxPoints)));
    }

    @Override
    public Optional<LeaderRecord> leader() {
        return commands.done(new Command.Leader()).leader();
    }

    @Override
    public boolean replaceLeader(Optional<LeaderRecord> expected, LeaderRecord next) {
        return commands.done(new Command.ReplaceLeader(expected, next)).flag();
    }

    /** Stops this process's server; the others go on if they are a majority. */
    @Override
    public void close() {
        try {
            commands.close();
        } finally {
            member.close();
        }
    }

    private WireReader inNamespace(String namespace, Command command) {
        Commands.Reply reply = commands.send(command);
        checkExists(namespace, reply);
        return reply.body();
    }

    private void checkExists(String namespace, Commands.Reply reply) {
        if (reply.answer() == Answer.UNKNOWN_NAMESPACE) {
            throw BoundErrors.unknown(namespace, namespaces());
        }
    }

    private void checkName(String namespace) {
        if (!NamespaceName.isValid(namespace)) {
            throw BoundErrors.unknown(namespace, namespaces());
        }
    }

    private static List<IssuedPoint> points(WireReader answer) {
        List<IssuedPoint> found = new ArrayList<>();
        for (int left = answer.count(PointHistory.MAX_POINTS); left > 0; left--) {
            found.add(answer.point());
        }
        return found;
    }
}
