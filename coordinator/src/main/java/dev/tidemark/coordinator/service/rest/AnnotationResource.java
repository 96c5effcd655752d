package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.view.BackupDetail;
import dev.tidemark.coordinator.service.view.Views;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What people want to remember of a backup. */
@Path(RestPaths.NAMESPACES + "/{namespace}/backups/{backup}/annotations")
@Produces(MediaType.APPLICATION_JSON)
public final class AnnotationResource {
    private final Views views;
    private final Upkeep upkeep;

    /** Creates the resource. */
    public AnnotationResource(Views views, Upkeep upkeep) {
        this.views = views;
        this.upkeep = upkeep;
    }

    /** Returns the annotations of a backup. */
    @GET
    @Needs(Role.VIEWER)
    public BackupAnnotations list(@PathParam("namespace") String namespace, @PathParam("backup") String backup) {
        BackupDetail detail = views.backup(namespace, backup);
        return new BackupAnnotations(detail.annotations());
    }

    /** Lets a backup have these annotations and no others. */
    @PUT
    @Needs(Role.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    public BackupAnnotations replace(
            @PathParam("namespace") String namespace,
            @PathParam("backup") String backup,
            BackupAnnotations annotations) {
        RestPaths.requireBody(annotations);
        BackupDetail detail = views.backup(namespace, backup);
        Map<String, String> changes = new TreeMap<>();
        detail.annotations().keySet().forEach(name -> changes.put(name, ""));
        changes.putAll(annotations.annotations());
        return new BackupAnnotations(upkeep.annotate(namespace, detail.summary().backup(), changes));
    }

    /**
     * The annotations of a backup.
     *
     * @param annotations texts by name, as labels are; an empty text is none
     */
    public record BackupAnnotations(Map<String, String> annotations) {
        /** Copies the texts. */
        public BackupAnnotations {
            if (annotations == null || annotations.containsValue(null)) {
                throw new IllegalArgumentException("'annotations' lacks a text (expected: texts by name)");
            }
            annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
        }
    }
}
