package dev.tidemark.timestamp.service.task;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.timestamp.TimestampException;
import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A task with named parameters, each given once at most. */
final class OracleTask extends Task {
    private final TaskGuard guard;
    private final Set<String> known;
    private final Body body;

    OracleTask(String name, TaskGuard guard, Set<String> known, Body body) {
        super(name);
        this.guard = guard;
        this.known = known;
        this.body = body;
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) {
        try {
            parameters.forEach(this::check);
            output.print(body.run(new Parameters(parameters)));
            output.flush();
        } catch (TidemarkException e) {
            guard.refuse(e, output);
        }
    }

    private void check(String name, List<String> values) {
        if (!known.contains(name) || values.size() != 1) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "parameter '" + name + "' of task '" + getName() + "': given " + values.size()
                            + " times (expected: " + (known.isEmpty() ? "no parameters" : "each of " + known + " once")
                            + ")",
                    "Write parameters behind the path, as '/tasks/leases?namespace=orders'.");
        }
    }

    /** What a task does. */
    @FunctionalInterface
    interface Body {
        /** Does it; returns the answer, each line ended by a line feed. */
        String run(Parameters given);
    }

    /** The parameters that were given. */
    record Parameters(Map<String, List<String>> values) {
        String or(String name, String other) {
            return values.containsKey(name) ? values.get(name).get(0) : other;
        }
    }
}
