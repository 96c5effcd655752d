package dev.tidemark.coordinator.service;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.config.TidemarkConfiguration;
import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.schedule.Scheduler;
import dev.tidemark.coordinator.service.rest.AllPausesResource;
import dev.tidemark.coordinator.service.rest.AnnotationResource;
import dev.tidemark.coordinator.service.rest.NamespaceResource;
import dev.tidemark.coordinator.service.rest.OpenApiResource;
import dev.tidemark.coordinator.service.rest.PauseResource;
import dev.tidemark.coordinator.service.rest.ScheduleResource;
import dev.tidemark.coordinator.service.rest.StatusResource;
import dev.tidemark.coordinator.service.view.Proofs;
import dev.tidemark.coordinator.service.view.ScheduleViews;
import dev.tidemark.coordinator.service.view.Statuses;
import dev.tidemark.coordinator.service.view.Views;
import dev.tidemark.coordinator.service.watch.SeenNamespace;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.StatusReader;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Wires the paths that tell how things are, and those of what is done by the clock. */
final class DescribingPaths {
    private final TidemarkConfiguration configuration;
    private final Archive archive;
    private final Views views;
    private final EngineSeams seams;

    DescribingPaths(TidemarkConfiguration configuration, Archive archive, Views views, EngineSeams seams) {
        this.configuration = configuration;
        this.archive = archive;
        this.views = views;
        this.seams = seams;
    }

    void register(
            JerseyEnvironment jersey,
            StatusReader reader,
            Upkeep upkeep,
            Scheduler scheduler,
            Function<String, Optional<SeenNamespace>> recent) {
        Map<String, Objectives> objectives = new TreeMap<>();
        Map<String, Duration> within = new TreeMap<>();
        configuration.namespaces().forEach((name, namespace) -> {
            objectives.put(name, namespace.objective().toObjectives());
            within.put(name, namespace.verification().within());
        });
        Statuses statuses = new Statuses(
                reader, objectives, namespace -> recent.apply(namespace).map(SeenNamespace::status), seams.clock());
        ScheduleViews schedules = new ScheduleViews(archive, scheduler, seams.clock());
        jersey.register(new NamespaceResource(
                views,
                namespace -> recent.apply(namespace).map(SeenNamespace::view),
                statuses,
                new Proofs(archive, views, within, seams.clock())));
        jersey.register(new StatusResource(statuses));
        jersey.register(new AnnotationResource(views, upkeep));
        jersey.register(new ScheduleResource(schedules));
        jersey.register(new PauseResource(schedules));
        jersey.register(new AllPausesResource(schedules));
        jersey.register(new OpenApiResource());
    }
}
