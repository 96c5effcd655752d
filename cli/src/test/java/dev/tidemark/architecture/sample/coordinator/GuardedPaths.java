package dev.tidemark.architecture.sample.coordinator;

import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Open;
import dev.tidemark.coordinator.service.access.Role;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;

/** Says of each path whom it is for. */
public final class GuardedPaths {
    @GET
    @Open
    public String list() {
        return "";
    }

    @DELETE
    @Needs(Role.ADMIN)
    public String remove() {
        return "";
    }

    /** Answers no request. */
    public String other() {
        return "";
    }
}
