package dev.tidemark.coordinator.hook;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a hook is told.
 *
 * @param moment when it is run
 * @param namespace of the operation
 * @param operation its id
 * @param type {@code backup} or {@code restore}
 * @param backup id of the backup that is taken or restored
 * @param outcome {@code SUCCEEDED}, {@code FAILED} or {@code CANCELLED}; empty before the operation
 */
public record HookFacts(
        HookMoment moment, String namespace, String operation, String type, String backup, String outcome) {
    /** Returns them by the names of environment variables. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("TIDEMARK_HOOK", moment.word());
        variables.put("TIDEMARK_NAMESPACE", namespace);
        variables.put("TIDEMARK_OPERATION", operation);
        variables.put("TIDEMARK_OPERATION_TYPE", type);
        variables.put("TIDEMARK_BACKUP", backup);
        variables.put("TIDEMARK_OUTCOME", outcome);
        return variables;
    }

    /** Returns them by the names of JSON fields. */
    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("hook", moment.word());
        fields.put("namespace", namespace);
        fields.put("operation", operation);
        fields.put("type", type);
        fields.put("backup", backup);
        fields.put("outcome", outcome);
        return fields;
    }
}
