package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Open;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of this API for programs. It says nothing about the installation, and is for everybody. */
@Path(RestPaths.ROOT + "/openapi.json")
@Produces(MediaType.APPLICATION_JSON)
public final class OpenApiResource {
    private static final String DOCUMENT = "openapi.json";

    private final byte[] document;

    /** Reads the document, which is part of the program. */
    public OpenApiResource() {
        try (InputStream resource = OpenApiResource.class.getResourceAsStream(DOCUMENT)) {
            document = resource.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns this document, in the form of OpenAPI 3.1. */
    @GET
    @Open
    public byte[] document() {
        return document.clone();
    }
}
