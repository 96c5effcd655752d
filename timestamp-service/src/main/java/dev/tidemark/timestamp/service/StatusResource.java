package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.status.OracleStatus;
import dev.tidemark.timestamp.status.OracleStatusReader;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Tells how this server is, whether it leads or not. */
@Path("/tidemark/v1/status")
@Needs(Right.MANAGEMENT)
@Produces(MediaType.APPLICATION_JSON)
public final class StatusResource {
    private final OracleStatusReader reader;

    StatusResource(OracleStatusReader reader) {
        this.reader = reader;
    }

    /** Returns how this server is. */
    @GET
    public OracleStatus status() {
        return reader.read();
    }
}
