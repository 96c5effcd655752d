package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.StatusReader;
import dev.tidemark.kvs.ErrorCode;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Reads how namespaces are. Thread-safe. */
public final class Statuses {
    private final StatusReader reader;
    private final Map<String, Objectives> objectives;
    private final Function<String, Optional<NamespaceStatus>> recent;
    private final InstantSource clock;

    /**
     * Creates the view.
     *
     * @param objectives of each configured namespace
     * @param recent how a namespace was when something else has read it, if that is recent enough
     */
    public Statuses(
            StatusReader reader,
            Map<String, Objectives> objectives,
            Function<String, Optional<NamespaceStatus>> recent,
            InstantSource clock) {
        this.reader = reader;
        this.objectives = new TreeMap<>(objectives);
        this.recent = recent;
        this.clock = clock;
    }

    /**
     * Returns how the configured namespaces are that are wanted, ordered by name: as they were read last, if that is recent enough.
     *
     * @throws CoordinatorException what says nothing about one namespace, as {@link ErrorCode#ARCHIVE_UNAVAILABLE}
     */
    public List<StatusView> all(Predicate<String> wanted) {
        return objectives.keySet().stream()
                .filter(wanted)
                .map(namespace -> recent.apply(namespace).map(StatusView::of).orElseGet(() -> read(namespace)))
                .toList();
    }

    /**
     * Returns how a namespace is right now.
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
