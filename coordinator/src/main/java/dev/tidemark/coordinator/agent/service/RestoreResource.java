package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.protocol.AbortDocument;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.Answers;
import dev.tidemark.coordinator.agent.task.StagingUploads;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.timestamp.web.QueryNumbers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

/** What a restore asks of the node and can be answered at once. */
@Path(AgentProtocol.ROOT)
@Produces(MediaType.APPLICATION_JSON)
public final class RestoreResource {
    private final ServedNode served;
    private final StagingUploads uploads;

    RestoreResource(ServedNode served, StagingUploads uploads) {
        this.served = served;
        this.uploads = uploads;
    }

    /** Returns how many bytes a restore can put on the node. */
    @GET
    @Path("/usable-bytes")
    public Answers.ByteCount usableBytes() {
        return new Answers.ByteCount(served.node().usableBytes());
    }

    /** Lists the safety copies on the node. */
    @GET
    @Path("/safety-copies")
    public Answers.Names safetyCopies() {
        return new Answers.Names(served.node().safetyCopies().stream().toList());
    }

    /** Tells whether the node holds nothing that is not of the restore. */
    @GET
    @Path("/restores/{id}/empty")
    public Answers.Truth isEmptyFor(@PathParam("id") String id, @QueryParam("epoch") String epoch) {
        return new Answers.Truth(served.node().isEmptyFor(RequestBodies.restore(id, epoch)));
    }

    /** Aborts transactions. */
    @POST
    @Path("/abort")
    @Consumes(MediaType.APPLICATION_JSON)
    public AbortDocument.Changed abort(byte[] body) {
        AbortDocument request = RequestBodies.read(body, AbortDocument.class);
        return new AbortDocument.Changed(
                served.cassandra().abortAll(request.restore(), request.schemaMap(), request.seen()).stream()
                        .map(AbortDocument.Entry::of)
                        .toList());
    }

    /** Opens the staging area. */
    @PUT
    @Path("/restores/{id}/staging")
    public void openStaging(
            @PathParam("id") String id,
            @QueryParam("epoch") String epoch,
            @QueryParam("expectedBytes") @DefaultValue("0") String expectedBytes) {
        uploads.open(RequestBodies.restore(id, epoch), QueryNumbers.parseLong("expectedBytes", expectedBytes));
    }

    /** Lists what is staged. */
    @GET
    @Path("/restores/{id}/staging")
    public Answers.StagedFiles stagedFiles(
            @PathParam("id") String id,
            @QueryParam("epoch") String epoch,
            @QueryParam("expectedBytes") @DefaultValue("0") String expectedBytes) {
        RestoreId restore = RequestBodies.restore(id, epoch);
        return new Answers.StagedFiles(uploads.files(restore, QueryNumbers.parseLong("expectedBytes", expectedBytes)));
    }

    /** Makes what is staged durable. */
    @POST
    @Path("/restores/{id}/staging/sync")
    public void syncStaging(
            @PathParam("id") String id,
            @QueryParam("epoch") String epoch,
            @QueryParam("expectedBytes") @DefaultValue("0") String expectedBytes) {
        uploads.sync(RequestBodies.restore(id, epoch), QueryNumbers.parseLong("expectedBytes", expectedBytes));
    }

    /** Begins a file. */
    @POST
    @Path("/restores/{id}/staging/files")
    public Answers.UploadId createFile(
            @PathParam("id") String id,
            @QueryParam("epoch") String epoch,
            @QueryParam("expectedBytes") @DefaultValue("0") String expectedBytes,
            @QueryParam("path") @DefaultValue("") String path) {
        RestoreId restore = RequestBodies.restore(id, epoch);
        return new Answers.UploadId(
                uploads.create(restore, QueryNumbers.parseLong("expectedBytes", expectedBytes), path));
    }

    /** Writes a piece of a file. */
    @PUT
    @Path("/uploads/{uploadId}")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    public void write(@PathParam("uploadId") String uploadId, @QueryParam("offset") String offset, byte[] piece) {
        uploads.write(uploadId, QueryNumbers.parseLong("offset", offset), piece);
    }

    /** Completes a file. */
    @POST
    @Path("/uploads/{uploadId}/commit")
    public void commit(@PathParam("uploadId") String uploadId) {
        uploads.commit(uploadId);
    }

    /** Forgets a file. */
    @DELETE
    @Path("/uploads/{uploadId}")
    public void close(@PathParam("uploadId") String uploadId) {
        uploads.close(uploadId);
    }
}
