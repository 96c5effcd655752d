package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.runbook.Runbook;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.view.BackupDetail;
import dev.tidemark.coordinator.service.view.BackupView;
import dev.tidemark.coordinator.service.view.CertificateView;
import dev.tidemark.coordinator.service.view.CoverageView;
import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.coordinator.service.view.Proofs;
import dev.tidemark.coordinator.service.view.StatusView;
import dev.tidemark.coordinator.service.view.Statuses;
import dev.tidemark.coordinator.service.view.Views;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Namespaces, their backups and their operations, to be read. */
@Path(RestPaths.NAMESPACES)
@Produces(MediaType.APPLICATION_JSON)
public final class NamespaceResource {
    private static final int MAX_PAGE = 1000;

    private final Views views;
    private final Function<String, Optional<NamespaceView>> recent;
    private final Statuses statuses;
    private final Proofs proofs;

    /**
     * Creates the resource.
     *
     * @param recent what was read of a namespace before, if that is recent enough for a list
     */
    public NamespaceResource(
            Views views, Function<String, Optional<NamespaceView>> recent, Statuses statuses, Proofs proofs) {
        this.views = views;
        this.recent = recent;
        this.statuses = statuses;
        this.proofs = proofs;
    }

    /** Lists the configured namespaces that the caller may see, as they were read within the last minutes or after their last order. */
    @GET
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    public Namespaces list(@Context SecurityContext context) {
        Caller caller = Caller.of(context);
        return new Namespaces(views.namespaces(caller::maySee, recent));
    }

    /** Returns one namespace. */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}")
    public NamespaceView find(@PathParam("namespace") String namespace) {
        return views.namespace(namespace);
    }

    /** Tells whether there are good backups of a namespace, recent enough, and whether somebody works on what was begun. */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}/status")
    public StatusView status(@PathParam("namespace") String namespace) {
        return statuses.of(namespace);
    }

    /** Tells how much of what the backups of a namespace need was verified. */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}/coverage")
    public CoverageView coverage(@PathParam("namespace") String namespace) {
        return proofs.coverage(namespace);
    }

    /**
     * Lists the backups of a namespace, newest first, a page at a time.
     *
     * @param limit most that are returned, 1..1000
     * @param after id of the backup after which the page begins; the newest comes first when it is left out
     */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}/backups")
    public Backups backups(
            @PathParam("namespace") String namespace,
            @QueryParam("limit") @DefaultValue("100") String limit,
            @QueryParam("after") @DefaultValue("") String after) {
        int count = RestPaths.number("limit", limit, 1, MAX_PAGE);
        BackupList list = views.list(namespace);
        List<BackupSummary> all = list.backups();
        int begin = after.isEmpty()
                ? 0
                : 1 + all.stream().map(BackupSummary::backupId).toList().indexOf(after);
        if (!after.isEmpty() && begin == 0) {
            throw RestPaths.invalid("after", after, "the id of a backup of this namespace");
        }
        int end = Math.min(all.size(), begin + count);
        List<BackupView> page =
                all.subList(begin, end).stream().map(BackupView::of).toList();
        return new Backups(
                page,
                all.size(),
                end < all.size() ? all.get(end - 1).backupId() : null,
                views.damage(namespace, page),
                list.damaged());
    }

    /** Returns one backup; {@code latest} stands for the newest. */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}/backups/{backup}")
    public BackupDetail backup(@PathParam("namespace") String namespace, @PathParam("backup") String backup) {
        return views.backup(namespace, backup);
    }

    /** Returns the certificate of a backup, its signature checked; {@code latest} stands for the newest backup. */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}/backups/{backup}/certificate")
    public CertificateView certificate(@PathParam("namespace") String namespace, @PathParam("backup") String backup) {
        return proofs.certificate(namespace, backup);
    }

    /**
     * Returns how to restore a backup, as reStructuredText, or as a script for bash.
     *
     * @param part {@code page} or {@code script}
     */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}/backups/{backup}/runbook")
    @Produces(MediaType.TEXT_PLAIN + ";charset=utf-8")
    public String runbook(
            @PathParam("namespace") String namespace,
            @PathParam("backup") String backup,
            @QueryParam("part") @DefaultValue("page") String part) {
        if (!part.equals("page") && !part.equals("script")) {
            throw RestPaths.invalid("part", part, "page or script");
        }
        Runbook runbook = views.runbook(namespace, backup).runbook();
        return part.equals("page") ? runbook.page() : runbook.script();
    }

    /** Lists the operations of a namespace, newest first. */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{namespace}/operations")
    public OperationJournals operations(@PathParam("namespace") String namespace) {
        return new OperationJournals(views.operations(namespace));
    }

    /** @param namespaces ordered by name */
    public record Namespaces(List<NamespaceView> namespaces) {}

    /**
     * @param backups newest first
     * @param total how many there are
     * @param next what {@code after} is for the next page; null on the last one
     * @param damage what is known to be damaged of backups on this page, by their ids
     * @param damagedManifests the backups that are not in the list because their manifests can't be believed
     */
    public record Backups(
            List<BackupView> backups,
            int total,
            String next,
            Map<String, String> damage,
            List<DamagedManifest> damagedManifests) {}

    /** @param operations newest first */
    public record OperationJournals(List<OperationSummary> operations) {}
}
