package dev.tidemark.timestamp.service.task;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.LeaseView;
import dev.tidemark.timestamp.oracle.NamespaceView;
import dev.tidemark.timestamp.oracle.OracleHost;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.status.OracleStatus;
import dev.tidemark.timestamp.status.OracleStatusReader;
import dev.tidemark.timestamp.web.Grants;
import dev.tidemark.timestamp.web.QueryNumbers;
import io.dropwizard.core.setup.AdminEnvironment;
import io.dropwizard.servlets.tasks.Task;
import jakarta.servlet.DispatcherType;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The tasks of the timestamp service: {@code leader-release}, {@code namespaces} and {@code leases}. */
public final class OracleTasks {
    private static final String NAMESPACE = "namespace";
    private static final String LIMIT = "limit";
    private static final int DEFAULT_LEASES = 20;
    private static final int MAX_LEASES = 1000;

    private final OracleHost host;
    private final OracleStatusReader status;
    private final TaskGuard guard;

    /**
     * Creates the tasks.
     *
     * @param grants who may run them: who has the right to manage
     */
    public OracleTasks(OracleHost host, OracleStatusReader status, Grants grants) {
        this.host = host;
        this.status = status;
        this.guard = new TaskGuard(grants);
    }

    /** Adds the tasks to an admin port. */
    public void addTo(AdminEnvironment admin) {
        List<Task> tasks = List.of(
                new OracleTask("leader-release", guard, Set.of(), given -> release()),
                new OracleTask("namespaces", guard, Set.of(), given -> namespaces()),
                new OracleTask("leases", guard, Set.of(NAMESPACE, LIMIT), this::leases));
        tasks.forEach(admin::addTask);
        admin.addFilter("task-guard", guard)
                .addMappingForUrlPatterns(
                        EnumSet.of(DispatcherType.REQUEST),
                        false,
                        tasks.stream().map(task -> "/tasks/" + task.getName()).toArray(String[]::new));
    }

    private String release() {
        host.release();
        return "leadership was handed over; this server leads again after two leases if no other one does\n";
    }

    private String namespaces() {
        OracleStatus seen = status.read();
        if (!seen.leadership().leading()) {
            throw new TimestampException(
                    ErrorCode.NOT_LEADER,
                    "this server does not lead, and knows nothing of namespaces",
                    "Ask the server that leads; 'tidemark timestamp status' says which one.");
        }
        StringBuilder text = new StringBuilder();
        for (OracleStatus.Namespace namespace : seen.namespaces()) {
            text.append(namespace.namespace())
                    .append(" bound=")
                    .append(namespace.bound())
                    .append(namespace.lastTimestamp() == null ? " unused" : " last=" + namespace.lastTimestamp())
                    .append(
                            namespace.immutableTimestamp() == null
                                    ? ""
                                    : " immutable=" + namespace.immutableTimestamp())
                    .append(namespace.leases() == null ? "" : " leases=" + namespace.leases())
                    .append(namespace.fenceId() == null ? "" : " fence=" + namespace.fenceId())
                    .append(namespace.failure() == null ? "" : " stopped: " + namespace.failure())
                    .append('\n');
        }
        return text.append(seen.problem() == null ? "" : "PROBLEM: " + seen.problem() + "\n")
                .toString();
    }

    private String leases(OracleTask.Parameters given) {
        String wanted = given.or(NAMESPACE, "");
        int limit = QueryNumbers.parseInt(LIMIT, given.or(LIMIT, Integer.toString(DEFAULT_LEASES)));
        if (limit < 1 || limit > MAX_LEASES) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "parameter 'limit': " + limit + " (expected: 1.." + MAX_LEASES + ")",
                    "Ask for fewer leases.");
        }
        TimestampOracles oracles = host.oracles(); // or the error that this server does not lead
        if (!wanted.isEmpty() && !oracles.namespaces().contains(wanted)) {
            throw NamespaceName.unknown(wanted, oracles.namespaces());
        }
        StringBuilder text = new StringBuilder();
        host.views(limit).stream()
                .filter(view -> wanted.isEmpty() || view.namespace().equals(wanted))
                .flatMap(view -> view.oldestLeases().stream().map(lease -> new Held(view, lease)))
                .sorted(Comparator.comparing((Held held) -> held.lease.age()).reversed())
                .limit(limit)
                .forEach(held -> text.append(held.line()).append('\n'));
        return text.isEmpty() ? "no leases\n" : text.toString();
    }

    private record Held(NamespaceView view, LeaseView lease) {
        String line() {
            return view.namespace() + " lease=" + lease.token() + " timestamp=" + lease.timestamp() + " age="
                    + lease.age().toMillis() + "ms";
        }
    }
}
