package dev.tidemark.cli;

import dev.tidemark.cli.output.Json;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lists backups of one namespace after the other, so that one whose key is damaged or gone does not hide the others. */
final class NamespaceProblems {
    private final List<Map<String, Object>> documents = new ArrayList<>();
    private final StringBuilder warnings = new StringBuilder();

    /** Returns the backups of a namespace; none, and remembers why, when its key can't be used. */
    BackupList list(Archive archive, String namespace) {
        try {
            return new Catalog(archive.namespace(namespace)).list();
        } catch (CoordinatorException e) {
            boolean isAboutTheKey = e.code() == ErrorCode.KEY_DESTROYED
                    || e.code() == ErrorCode.OBJECT_DAMAGED
                    || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
            if (!isAboutTheKey) {
                throw e;
            }
            documents.add(Json.object("namespace", namespace, "code", e.code().name(), "message", e.getMessage()));
            warnings.append(
                    "WARNING: backups of namespace '" + namespace + "' can't be read: " + e.getMessage() + "\n");
            return new BackupList(List.of(), List.of());
        }
    }

    /** Returns the problems for {@code --json}. */
    List<Map<String, Object>> documents() {
        return List.copyOf(documents);
    }

    /** Returns a line for each problem. */
    String warnings() {
        return warnings.toString();
    }
}
