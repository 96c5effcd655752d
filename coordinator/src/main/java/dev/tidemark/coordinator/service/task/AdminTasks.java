package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.restore.TransactionsAborter;
import dev.tidemark.coordinator.schedule.Scheduler;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.coordinator.service.access.credential.Authenticator;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.view.Views;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import io.dropwizard.core.setup.AdminEnvironment;
import io.dropwizard.servlets.tasks.Task;
import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The tasks of a process that backs namespaces up, and what guards them. */
public final class AdminTasks {
    private static final String TIMESTAMP = "timestamp";
    private static final String DRY_RUN = "dryRun";

    private final TaskCalls calls = new TaskCalls();
    private final TaskTools tools;
    private final OperationDesk desk;
    private final Views views;
    private final TimestampClient oracle;
    private final Function<String, Map<String, StoreConnector>> stores;
    private final ParallelWork work;

    /**
     * Creates the tasks.
     *
     * @param namespaces the configured ones
     * @param stores the stores of a namespace by name
     * @param work what cleaning may do at a time
     */
    public AdminTasks(
            Set<String> namespaces,
            Approvals approvals,
            OperationDesk desk,
            Views views,
            TimestampClient oracle,
            Function<String, Map<String, StoreConnector>> stores,
            ParallelWork work) {
        this.tools = new TaskTools(calls, approvals, Set.copyOf(namespaces));
        this.desk = desk;
        this.views = views;
        this.oracle = oracle;
        this.stores = stores;
        this.work = work;
    }

    /**
     * Adds the tasks to an admin port.
     *
     * @param authenticator the one of the API: wrong tokens count together
     * @param scheduler pauses schedules; null for a process that has none
     */
    public void addTo(AdminEnvironment admin, Authenticator authenticator, Scheduler scheduler) {
        List<Task> all = new ArrayList<>(all());
        if (scheduler != null) {
            all.add(pauseSchedules(scheduler));
        }
        all.forEach(admin::addTask);
        admin.addFilter("task-guard", new TaskGuard(authenticator, calls))
                .addMappingForUrlPatterns(
                        EnumSet.of(DispatcherType.REQUEST),
                        false,
                        all.stream().map(task -> "/tasks/" + task.getName()).toArray(String[]::new));
    }

    private List<Task> all() {
        return List.of(
                order("backup", Role.OPERATOR, null, Set.of("label", "allowDegraded"), AdminTasks::backup),
                order(
                        "restore",
                        Role.RESTORER,
                        SensitiveOperation.RESTORE,
                        Set.of("backup", "at", "replaceExisting", "table"),
                        given -> new OperationOrder.Restore(
                                given.oneOrNull("backup"),
                                given.oneOrNull("at"),
                                given.flagOrNull("replaceExisting"),
                                given.all("table"))),
                order(
                        "rewind",
                        Role.RESTORER,
                        SensitiveOperation.REWIND,
                        Set.of("to"),
                        given -> new OperationOrder.Rewind(given.required("to"))),
                order("verify", Role.OPERATOR, null, Set.of(), given -> new OperationOrder.Verify()),
                order(
                        "expire",
                        Role.ADMIN,
                        SensitiveOperation.EXPIRE,
                        Set.of("backup"),
                        given -> new OperationOrder.Expire(given.all("backup"))),
                brief("timestamp-fetch", Role.OPERATOR, null, Set.of("immutable"), this::fetch),
                brief("fast-forward", Role.ADMIN, null, Set.of(TIMESTAMP), this::fastForward),
                brief(
                        "clean-transactions",
                        Role.ADMIN,
                        SensitiveOperation.REWIND,
                        Set.of(TIMESTAMP, "offline", DRY_RUN),
                        this::clean),
                brief(
                        "rebuild-catalog",
                        Role.ADMIN,
                        null,
                        Set.of(),
                        (namespace, given, caller) -> lines -> views.rebuild(namespace) + " backups are known"));
    }

    private Task order(
            String name,
            Role role,
            SensitiveOperation sensitive,
            Set<String> parameters,
            Function<TaskParameters, OperationOrder> order) {
        return new OrderTask(name, tools, role, sensitive, parameters, desk, order);
    }

    private Task brief(
            String name, Role role, SensitiveOperation sensitive, Set<String> parameters, ShortTask.Body body) {
        return new ShortTask(name, tools, role, sensitive, parameters, body);
    }

    private static OperationOrder backup(TaskParameters given) {
        Map<String, String> labels = new TreeMap<>();
        for (String label : given.all("label")) {
            int end = label.indexOf('=');
            if (end < 1) {
                throw TaskParameters.invalid(
                        "'label' is '" + TaskParameters.shown(label) + "' (expected: NAME=TEXT)",
                        "Write '=' between name and text as '%3D' where your client does not.");
            }
            labels.put(label.substring(0, end), label.substring(end + 1));
        }
        return new OperationOrder.Backup(labels, given.flagOrNull("allowDegraded"), null);
    }

    private ShortTask.Prepared fetch(String namespace, TaskParameters given, String caller) {
        boolean isImmutable = given.flag("immutable", false);
        return lines -> {
            NamespaceOracle ofNamespace = oracle.namespace(namespace);
            return Long.toString(isImmutable ? ofNamespace.immutableTimestamp() : ofNamespace.freshTimestamp());
        };
    }

    private ShortTask.Prepared fastForward(String namespace, TaskParameters given, String caller) {
        long target = given.timestamp(TIMESTAMP);
        return lines -> {
            oracle.namespace(namespace).fastForward(target);
            return "fast-forwarded to " + target;
        };
    }

    private ShortTask.Prepared clean(String namespace, TaskParameters given, String caller) {
        long timestamp = given.timestamp(TIMESTAMP);
        boolean isDryRun = given.flag(DRY_RUN, false);
        if (!isDryRun && !given.flag("offline", false)) {
            throw TaskParameters.invalid(
                    "clean-transactions can only be run offline",
                    "Stop every client of the namespace and say so with 'offline=true'.");
        }
        return lines -> {
            TransactionsAborter aborter = new TransactionsAborter(
                    oracle.namespace(namespace), stores.apply(namespace), "clean-" + timestamp, work, lines::line);
            TransactionsAborter.Report report = isDryRun ? aborter.count(1, timestamp) : aborter.clean(1, timestamp);
            return (isDryRun ? "would abort " : "aborted ") + report.count() + " transactions";
        };
    }

    private Task pauseSchedules(Scheduler scheduler) {
        return brief("pause-schedules", Role.ADMIN, null, Set.of("reason", "resume"), (namespace, given, caller) -> {
            boolean isResumed = given.flag("resume", false);
            String reason = given.oneOrNull("reason");
            return lines -> {
                if (isResumed) {
                    scheduler.resume(namespace, caller);
                    return "the schedules of '" + namespace + "' are resumed";
                }
                scheduler.pause(namespace, caller, reason == null ? "" : reason);
                return "the schedules of '" + namespace + "' are paused";
            };
        });
    }
}
