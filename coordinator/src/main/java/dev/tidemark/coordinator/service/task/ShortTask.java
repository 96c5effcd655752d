package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task that is done at once, in the request. What it changes stands in the log with its caller. */
final class ShortTask extends ServiceTask {
    private static final Logger LOG = LoggerFactory.getLogger(ShortTask.class);

    private final Body body;

    ShortTask(
            String name, TaskTools tools, Role role, SensitiveOperation sensitive, Set<String> parameters, Body body) {
        super(name, tools, role, sensitive, parameters);
        this.body = body;
    }

    @Override
    void run(String namespace, TaskParameters given, TaskCall call, TaskLines lines) {
        Prepared prepared = body.prepare(namespace, given, call.caller().name());
        requireApproval(namespace, call);
        String result = prepared.run(lines);
        LOG.info(
                "task {} of '{}' by '{}': {}",
                getName(),
                namespace,
                call.caller().name(),
                result);
        lines.ok(result);
    }

    /** What such a task does. */
    @FunctionalInterface
    interface Body {
        /** Checks the parameters and changes nothing. */
        Prepared prepare(String namespace, TaskParameters given, String caller);
    }

    /** A task whose parameters are right. */
    @FunctionalInterface
    interface Prepared {
        /** Does it; returns the result in one line. */
        String run(TaskLines lines);
    }
}
