package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.schedule.Schedule;
import dev.tidemark.coordinator.schedule.Timetable;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The configuration of a Tidemark process; see {@code docs/configuration.rst}. Relative paths have been resolved against the
 * directory of the file.
 *
 * @param archive where backups go and with which key
 * @param archives further archives by name, to which backups are copied; may be left out
 * @param oracle where timestamps come from
 * @param namespaces by name, at least one
 * @param operations limits of the engine; defaults apply to what is left out
 * @param garbage limits of garbage collection; defaults apply to what is left out
 */
public record TidemarkConfiguration(
        ArchiveConfiguration archive,
        Map<String, ArchiveConfiguration> archives,
        OracleConfiguration oracle,
        Map<String, NamespaceConfiguration> namespaces,
        OperationsConfiguration operations,
        GarbageConfiguration garbage) {
    /** Name of {@link #archive} among the archives. */
    public static final String MAIN_ARCHIVE = "archive";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}");

    /** Checks that the sections are there, and applies the defaults. */
    public TidemarkConfiguration {
        Required.present("archive", archive);
        archives = checkedNames("archive", archives == null ? Map.of() : archives);
        Required.that(
                !archives.containsKey(MAIN_ARCHIVE),
                "'archives' has '" + MAIN_ARCHIVE + "' (expected: another name, that one stands for the main archive)");
        Required.present("oracle", oracle);
        Required.present("namespaces", namespaces);
        Required.that(!namespaces.isEmpty(), "'namespaces' is empty (expected: at least one namespace)");
        namespaces = checkedNames("namespace", namespaces);
        operations = operations == null ? OperationsConfiguration.DEFAULT : operations;
        garbage = garbage == null ? GarbageConfiguration.DEFAULT : garbage;
    }

    /**
     * Returns an archive by its name.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when there is none
     */
    ArchiveConfiguration archive(String name) {
        if (name.equals(MAIN_ARCHIVE)) {
            return archive;
        }
        ArchiveConfiguration found = archives.get(name);
        if (found == null) {
            Set<String> known = new TreeSet<>(archives.keySet());
            known.add(MAIN_ARCHIVE);
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "archive '" + name + "' is not configured (expected: one of " + String.join(", ", known) + ")",
                    NearestName.of(name, known)
                            .map(nearest -> "Did you mean '" + nearest + "'?")
                            .orElse("Add it to 'archives' in the configuration."));
        }
        return found;
    }

    /**
     * Returns which backups of a namespace are kept in an archive: as a further archive says; if it says nothing, or of the main one,
     * as the namespace says; if that says nothing, as the main archive says; else the default.
     *
     * @param archiveName as in {@link #archives}, or {@link #MAIN_ARCHIVE}
     * @param namespace a configured namespace
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when there is no such archive
     */
    public RetentionPolicy retention(String archiveName, String namespace) {
        RetentionConfiguration ofArchive = archive(archiveName).retention();
        if (ofArchive != null && !archiveName.equals(MAIN_ARCHIVE)) {
            return RetentionConfiguration.policyOf(ofArchive);
        }
        RetentionConfiguration ofNamespace = namespaces.get(namespace).retention();
        return RetentionConfiguration.policyOf(ofNamespace != null ? ofNamespace : archive.retention());
    }

    /** Returns all schedules of all namespaces. */
    public Timetable timetable() {
        Map<String, List<Schedule>> schedules = new TreeMap<>();
        namespaces.forEach((name, namespace) -> schedules.put(
                name,
                namespace.schedules().entrySet().stream()
                        .map(entry -> entry.getValue().toSchedule(entry.getKey()))
                        .toList()));
        return new Timetable(schedules);
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
