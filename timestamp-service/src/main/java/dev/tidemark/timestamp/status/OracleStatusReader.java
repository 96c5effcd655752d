package dev.tidemark.timestamp.status;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.oracle.LeadershipView;
import dev.tidemark.timestamp.oracle.LeaseView;
import dev.tidemark.timestamp.oracle.NamespaceView;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads how a server is. Thread-safe. */
public final class OracleStatusReader {
    /** What a description might show that is not for everybody: {@code password=...} in an address and the like. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)((?:password|passphrase|secret|token|credentials?)=)[^&;,\\]\\s]*|(?<=//)[^/@\\s]*:[^/@\\s]*(?=@)");

    private final OracleHost host;
    private final OracleStatus.Server self;
    private final OracleStatus.Store store;

    /**
     * Creates a reader.
     *
     * @param serverId id of this process
     * @param storeType as in the configuration
     * @param storeDescription for people; what looks like a secret in it is hidden
     */
    public OracleStatusReader(OracleHost host, String serverId, String storeType, String storeDescription) {
        this.host = host;
        String address = host.leadership().self().address();
        this.self = new OracleStatus.Server(serverId, address);
        this.store = new OracleStatus.Store(storeType, withoutSecrets(storeDescription));
    }

    static String withoutSecrets(String description) {
        return SECRET.matcher(description).replaceAll(match -> match.group(1) == null ? "hidden" : "$1hidden");
    }

    /** Returns how this server is. Reads the store for those namespaces only that were not used since it leads. */
    public OracleStatus read() {
        OracleStatus.Leadership leadership = leadership(host.leadership());
        Map<String, NamespaceView> views =
                host.views(1).stream().collect(Collectors.toMap(NamespaceView::namespace, Function.identity()));
        List<OracleStatus.Namespace> namespaces = new ArrayList<>();
        String problem = null;
        try {
            TimestampOracles oracles = host.oracles();
            SortedSet<String> names = oracles.namespaces();
            for (String name : names) {
                NamespaceView view = views.get(name);
                namespaces.add(view == null ? unused(name, oracles.state(name)) : used(view));
            }
        } catch (TimestampException e) {
            namespaces.clear();
            new TreeSet<>(views.keySet()).forEach(name -> namespaces.add(used(views.get(name))));
            problem = e.code() == ErrorCode.NOT_LEADER ? null : e.getMessage();
        }
        return new OracleStatus(self, leadership, store, namespaces, problem);
    }

    private OracleStatus.Leadership leadership(LeadershipView view) {
        boolean isSole = view.state() == LeadershipView.State.SOLE;
        boolean isKnown = !view.leader().id().isEmpty();
        OracleStatus.Server leader = isKnown
                ? new OracleStatus.Server(view.leader().id(), view.leader().address())
                : null;
        return new OracleStatus.Leadership(
                view.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                view.isLeading(),
                view.epoch(),
                isSole ? self : leader,
                view.lease().toMillis(),
                Math.max(0, view.leaseLeft().toMillis()));
    }

    private static OracleStatus.Namespace used(NamespaceView view) {
        return new OracleStatus.Namespace(
                view.namespace(),
                view.bound(),
                view.lastTimestamp(),
                view.immutableTimestamp(),
                view.leases(),
                view.oldestLeases().stream()
                        .findFirst()
                        .map(OracleStatusReader::lease)
                        .orElse(null),
                orNull(view.fenceId()),
                orNull(view.failure()));
    }

    private static OracleStatus.Namespace unused(String name, BoundState state) {
        return new OracleStatus.Namespace(name, state.bound(), null, null, null, null, orNull(state.fenceId()), null);
    }

    private static OracleStatus.Lease lease(LeaseView lease) {
        return new OracleStatus.Lease(
                lease.token().toString(), lease.timestamp(), lease.age().toMillis());
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
