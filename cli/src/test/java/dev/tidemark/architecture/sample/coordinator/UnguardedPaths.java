package dev.tidemark.architecture.sample.coordinator;

import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Open;
import dev.tidemark.coordinator.service.access.Role;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;

/** Has a path for nobody knows whom, and one for everybody and for some. */
public final class UnguardedPaths {
    @GET
    public String list() {
        return "";
    }

    @DELETE
    @Open
    @Needs(Role.ADMIN)
    public String both() {
        return "";
    }
}
