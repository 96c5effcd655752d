package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.StatusReader;
import dev.tidemark.kvs.ErrorCode;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Reads how namespaces are. Thread-safe. */
public final class Statuses {
    private final StatusReader reader;
    private final Map<String, Objectives> objectives;
    private final InstantSource clock;

    /** @param objectives of each configured namespace */
    public Statuses(StatusReader reader, Map<String, Objectives> objectives, InstantSource clock) {
        this.reader = reader;
        this.objectives = new TreeMap<>(objectives);
        this.clock = clock;
    }

    /**
     * Returns how the configured namespaces are that are wanted, ordered by name.
     *
     * @throws CoordinatorException what says nothing about one namespace, as {@link ErrorCode#ARCHIVE_UNAVAILABLE}
     */
    public List<StatusView> all(Predicate<String> wanted) {
        return objectives.keySet().stream().filter(wanted).map(this::read).toList();
    }

    /**
     * Returns how a namespace is.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not configured, and as {@link #all}
     */
    public StatusView of(String namespace) {
        Upkeep.requireConfigured(namespace, objectives.keySet());
        return read(namespace);
    }

    private StatusView read(String namespace) {
        return StatusView.of(reader.read(namespace, objectives.get(namespace), clock.instant()));
    }
}
