package dev.tidemark.coordinator.client;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.retention.RetentionPlan;
import dev.tidemark.coordinator.rewind.RewindPlan;
import dev.tidemark.coordinator.rewind.UndoPlan;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.rest.AllPausesResource.PauseOutcomes;
import dev.tidemark.coordinator.service.rest.AnnotationResource.BackupAnnotations;
import dev.tidemark.coordinator.service.rest.HoldResource.HoldList;
import dev.tidemark.coordinator.service.rest.HoldResource.NewHold;
import dev.tidemark.coordinator.service.rest.NamespaceResource.Backups;
import dev.tidemark.coordinator.service.rest.NamespaceResource.Namespaces;
import dev.tidemark.coordinator.service.rest.NamespaceResource.OperationJournals;
import dev.tidemark.coordinator.service.rest.PauseResource.NewPause;
import dev.tidemark.coordinator.service.rest.PauseResource.PauseState;
import dev.tidemark.coordinator.service.rest.ScheduleResource.Schedules;
import dev.tidemark.coordinator.service.rest.ScheduleResource.Ticks;
import dev.tidemark.coordinator.service.rest.StatusResource.AllStatuses;
import dev.tidemark.coordinator.service.view.BackupDetail;
import dev.tidemark.coordinator.service.view.BackupView;
import dev.tidemark.coordinator.service.view.CertificateView;
import dev.tidemark.coordinator.service.view.CoverageView;
import dev.tidemark.coordinator.service.view.HoldView;
import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.coordinator.service.view.PauseView;
import dev.tidemark.coordinator.service.view.ScheduleView;
import dev.tidemark.coordinator.service.view.ScheduleViews.PauseOutcome;
import dev.tidemark.coordinator.service.view.StatusView;
import dev.tidemark.coordinator.service.view.TickView;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A coordinator service, as a program asks it. What is answered are the types of docs/http-api.rst. Thread-safe.
 *
 * <p>Each method throws {@link CoordinatorException}: with the code, message and hint of the service when it refuses;
 * {@link ErrorCode#SERVICE_UNAVAILABLE} when no instance has answered for as long as {@link ClientSettings#retryBudget} says;
 * {@link ErrorCode#UNAUTHORIZED} also when there is no trust; {@link ErrorCode#INTERRUPTED} when the thread was interrupted.
 */
public final class ServiceClient {
    private static final int PAGE = 1000;
    private static final int MAX_PAGES = 1000;

    private final ServiceCalls calls;
    private final OrderClient orders;

    /**
     * Creates a client; connects to nobody.
     *
     * @param random source of idempotency keys
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when a file of {@link ClientTls} can't be used
     */
    public ServiceClient(ClientSettings settings, Sleeper sleeper, MonotonicClock clock, RandomGenerator random) {
        calls = new ServiceCalls(settings, sleeper, clock, random);
        orders = new OrderClient(calls, sleeper, random);
    }

    /** Returns what takes orders. */
    public OrderClient orders() {
        return orders;
    }

    /** Returns the namespaces that the caller may see, ordered by name. */
    public List<NamespaceView> namespaces() {
        return calls.get("/namespaces", Namespaces.class).namespaces();
    }

    /** Tells how the namespaces are that the caller may see. */
    public AllStatuses status() {
        return calls.get("/status", AllStatuses.class);
    }

    /** Tells how a namespace is. */
    public StatusView status(String namespace) {
        return calls.get(ServiceCalls.path(namespace, "status"), StatusView.class);
    }

    /** Returns all backups of a namespace, newest first. */
    public BackupPages backups(String namespace) {
        List<BackupView> all = new ArrayList<>();
        List<DamagedManifest> damagedManifests = List.of();
        Map<String, String> damage = new TreeMap<>();
        String next = "";
        for (int page = 0; page < MAX_PAGES && next != null; page++) {
            String after = next.isEmpty() ? "" : "&after=" + ServiceCalls.encode(next);
            Backups backups =
                    calls.get(ServiceCalls.path(namespace, "backups") + "?limit=" + PAGE + after, Backups.class);
            all.addAll(backups.backups());
            damage.putAll(backups.damage());
            damagedManifests = backups.damagedManifests();
            next = backups.next();
        }
        return new BackupPages(all, damage, damagedManifests);
    }

    /**
     * Returns a backup.
     *
     * @param backup its id, or {@code latest}
     */
    public BackupDetail backup(String namespace, String backup) {
        return calls.get(ServiceCalls.path(namespace, "backups", backup), BackupDetail.class);
    }

    /** Returns the certificate of a backup; its signature was checked by the service. */
    public CertificateView certificate(String namespace, String backup) {
        return calls.get(ServiceCalls.path(namespace, "backups", backup, "certificate"), CertificateView.class);
    }

    /** Returns the annotations of a backup. */
    public Map<String, String> annotations(String namespace, String backup) {
        return calls.get(ServiceCalls.path(namespace, "backups", backup, "annotations"), BackupAnnotations.class)
                .annotations();
    }

    /** Lets a backup have these annotations and no others, and returns them. */
    public Map<String, String> annotate(String namespace, String backup, Map<String, String> annotations) {
        return calls.put(
                        ServiceCalls.path(namespace, "backups", backup, "annotations"),
                        new BackupAnnotations(annotations),
                        BackupAnnotations.class)
                .annotations();
    }

    /** Tells how much of what the backups of a namespace need was verified. */
    public CoverageView coverage(String namespace) {
        return calls.get(ServiceCalls.path(namespace, "coverage"), CoverageView.class);
    }

    /** Returns the journals of a namespace's operations, newest first. */
    public List<OperationSummary> operations(String namespace) {
        return calls.get(ServiceCalls.path(namespace, "operations"), OperationJournals.class)
                .operations();
    }

    /** Returns the holds of a namespace, also those that have run out. */
    public List<HoldView> holds(String namespace) {
        return calls.get(ServiceCalls.path(namespace, "holds"), HoldList.class).holds();
    }

    /** Places a hold. Not sent again when its answer is lost: look whether it is there. */
    public HoldView placeHold(String namespace, NewHold hold) {
        return calls.post(ServiceCalls.path(namespace, "holds"), hold, HoldView.class);
    }

    /** Releases a hold, and returns it. */
    public HoldView releaseHold(String namespace, String hold) {
        return calls.delete(ServiceCalls.path(namespace, "holds", hold), HoldView.class);
    }

    /** Works out what a restore would do. */
    public RestorePlan planRestore(String namespace, OperationOrder.Restore order) {
        return calls.post(ServiceCalls.path(namespace, "plans", "restore"), order, RestorePlan.class);
    }

    /** Works out what a rewind would do. */
    public RewindPlan planRewind(String namespace, OperationOrder.Rewind order) {
        return calls.post(ServiceCalls.path(namespace, "plans", "rewind"), order, RewindPlan.class);
    }

    /** Works out how the last rewind, or restore over existing data, would be taken back. */
    public UndoPlan planUndo(String namespace) {
        return calls.get(ServiceCalls.path(namespace, "plans", "undo"), UndoPlan.class);
    }

    /**
     * Works out which backups an expiry would remove.
     *
     * @param backups only these, as far as nothing keeps them; empty for those that retention does not keep
     */
    public RetentionPlan planExpire(String namespace, List<String> backups) {
        StringBuilder query = new StringBuilder();
        for (String backup : backups) {
            query.append(query.isEmpty() ? "?" : "&").append("backup=").append(ServiceCalls.encode(backup));
        }
        return calls.get(ServiceCalls.path(namespace, "plans", "expire") + query, RetentionPlan.class);
    }

    /** Returns the schedules of a namespace, ordered by name. */
    public List<ScheduleView> schedules(String namespace) {
        return calls.get(ServiceCalls.path(namespace, "schedules"), Schedules.class)
                .schedules();
    }

    /**
     * Tells what became of the last ticks of a schedule, the newest first.
     *
     * @param limit most that are returned, 1..1000
     */
    public List<TickView> ticks(String namespace, String schedule, int limit) {
        return calls.get(ServiceCalls.path(namespace, "schedules", schedule, "ticks") + "?limit=" + limit, Ticks.class)
                .ticks();
    }

    /** Pauses the schedules of a namespace until they are resumed, and returns the pause. */
    public PauseView pause(String namespace, String reason) {
        return calls.post(ServiceCalls.path(namespace, "pause"), new NewPause(reason), PauseState.class)
                .paused();
    }

    /** Resumes the schedules of a namespace. */
    public void resume(String namespace) {
        calls.delete(ServiceCalls.path(namespace, "pause"), PauseState.class);
    }

    /** Pauses the schedules of all namespaces; each has its outcome. */
    public List<PauseOutcome> pauseAll(String reason) {
        return calls.post("/pause", new NewPause(reason), PauseOutcomes.class).namespaces();
    }

    /** Resumes the schedules of all namespaces; each has its outcome. */
    public List<PauseOutcome> resumeAll() {
        return calls.delete("/pause", PauseOutcomes.class).namespaces();
    }
}
