package dev.tidemark.coordinator.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The configuration of a Tidemark process; see {@code docs/configuration.rst}. Relative paths have been resolved against the
 * directory of the file.
 *
 * @param archive where backups go and with which key
 * @param oracle where timestamps come from
 * @param namespaces by name, at least one
 * @param operations limits of the engine; defaults apply to what is left out
 * @param garbage limits of garbage collection; defaults apply to what is left out
 */
public record TidemarkConfiguration(
        ArchiveConfiguration archive,
        OracleConfiguration oracle,
        Map<String, NamespaceConfiguration> namespaces,
        OperationsConfiguration operations,
        GarbageConfiguration garbage) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}");

    /** Checks that the sections are there, and applies the defaults. */
    public TidemarkConfiguration {
        Required.present("archive", archive);
        Required.present("oracle", oracle);
        Required.present("namespaces", namespaces);
        Required.that(!namespaces.isEmpty(), "'namespaces' is empty (expected: at least one namespace)");
        namespaces = checkedNames("namespace", namespaces);
        operations = operations == null ? OperationsConfiguration.DEFAULT : operations;
        garbage = garbage == null ? GarbageConfiguration.DEFAULT : garbage;
    }

    static <T> Map<String, T> checkedNames(String what, Map<String, T> byName) {
        byName.forEach((name, value) -> {
            Required.that(
                    NAME.matcher(name).matches(),
                    what + " '" + name + "' has a name that is not allowed (expected: 1 to 100 of A-Z a-z 0-9 _ -)");
            Required.that(value != null, what + " '" + name + "' has no content");
        });
        return Collections.unmodifiableMap(new TreeMap<>(byName));
    }
}
