package dev.tidemark.cli;

import dev.tidemark.cli.output.Json;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes on a backup what people want to remember of it. */
@Command(name = "annotate", description = "Write texts on a backup, change them, or take them away.")
final class AnnotateCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "A configured namespace.")
    private String namespace;

    @Parameters(index = "1", paramLabel = "BACKUP", description = "The backup's id, or 'latest'.")
    private String backup;

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "NAME=TEXT",
            description = "A new text; without a text the annotation is taken away.")
    private Map<String, String> changes;

    AnnotateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String name = session.namespace(namespace);
        String id = session.wiring().coordinator().catalog(name).find(backup).backupId();
        SortedMap<String, String> annotations =
                session.wiring().coordinator().upkeep().annotate(name, id, new TreeMap<>(changes));
        StringBuilder text = new StringBuilder("Backup '" + id + "' of namespace '" + name + "' has "
                + (annotations.isEmpty() ? "no annotations.\n" : "these annotations:\n"));
        annotations.forEach((key, value) -> text.append("  " + key + "=" + value + "\n"));
        session.show(Json.object("namespace", name, "backup", id, "annotations", annotations), text.toString());
        return 0;
    }
}
