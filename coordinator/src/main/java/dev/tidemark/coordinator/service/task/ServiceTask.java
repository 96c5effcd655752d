package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import dev.tidemark.coordinator.service.access.approval.Approval.Subject;
import dev.tidemark.coordinator.service.access.approval.ExactRequest;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.TidemarkException;
import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task that is for callers with a role, in one namespace. Refusals have the status that the API would answer with. */
abstract class ServiceTask extends Task {
    static final String TEXT = "text/plain;charset=utf-8";
    static final String NAMESPACE = "namespace";

    private static final Logger LOG = LoggerFactory.getLogger(ServiceTask.class);

    private final TaskTools tools;
    private final Role role;
    private final SensitiveOperation sensitive;
    private final Set<String> parameters;

    /**
     * Creates a task.
     *
     * @param sensitive what may need an approval; null for nothing
     * @param parameters names of its parameters besides the namespace
     */
    ServiceTask(String name, TaskTools tools, Role role, SensitiveOperation sensitive, Set<String> parameters) {
        super(name, TEXT);
        this.tools = tools;
        this.role = role;
        this.sensitive = sensitive;
        this.parameters = new TreeSet<>(parameters);
        this.parameters.add(NAMESPACE);
    }

    @Override
    public final void execute(Map<String, List<String>> given, PrintWriter output) {
        TaskCall call = tools.calls().current();
        TaskLines lines = new TaskLines(output);
        try {
            call.caller().require(role);
            TaskParameters checked = new TaskParameters(given, parameters);
            String namespace = checked.required(NAMESPACE);
            call.caller().requireNamespace(namespace);
            Upkeep.requireConfigured(namespace, tools.namespaces());
            run(namespace, checked, call, lines);
        } catch (ProblemException e) {
            e.headers().forEach(call.response()::setHeader);
            refuse(call, e.status());
            e.members().forEach((name, value) -> lines.line(name + " " + value));
            lines.error(e);
        } catch (TidemarkException e) {
            refuse(call, e.code().httpStatus());
            lines.error(e);
        } catch (RuntimeException e) {
            LOG.error("task {} failed", getName(), e);
            refuse(call, 500);
            lines.error("INTERNAL", "internal error", "Look into the log of the service and report it as a defect.");
        }
    }

    /** Asks for the approval of a second person where the configuration demands it; to be called when all parameters are right. */
    final void requireApproval(String namespace, TaskCall call) {
        if (sensitive != null) {
            tools.approvals()
                    .admit(
                            call.caller(),
                            new Subject(sensitive, namespace, ExactRequest.of("POST", call.target(), new byte[0])),
                            call.approval(),
                            call.key());
        }
    }

    /** Does what the task is for; the caller may have it done. */
    abstract void run(String namespace, TaskParameters given, TaskCall call, TaskLines lines);

    private static void refuse(TaskCall call, int status) {
        if (!call.response().isCommitted()) {
            call.response().setStatus(status);
        }
    }
}
