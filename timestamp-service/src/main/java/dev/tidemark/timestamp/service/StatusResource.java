package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.status.OracleStatus;
import dev.tidemark.timestamp.status.OracleStatusReader;
import dev.tidemark.timestamp.web.Credentials;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

/** Tells how this server is, whether it leads or not. */
@Path("/tidemark/v1/status")
@Produces(MediaType.APPLICATION_JSON)
public final class StatusResource {
    private final OracleStatusReader reader;
    private final Credentials credentials;

    StatusResource(OracleStatusReader reader, Credentials credentials) {
        this.reader = reader;
        this.credentials = credentials;
    }

    /** Returns how this server is. */
    @GET
    public OracleStatus status(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization) {
        credentials.checkToken(authorization);
        return reader.read();
    }
}
