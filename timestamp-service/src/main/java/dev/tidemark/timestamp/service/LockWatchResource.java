package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Lets clients of TimeLock announce what they want to watch, which they do at their start. It has no effect: every update says so. */
@Path("/lw/sw/{namespace}")
@Needs(
        value = {Right.CLIENT, Right.BACKUP},
        header = true)
public final class LockWatchResource {
    private final ServedNamespaces namespaces;

    LockWatchResource(ServedNamespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Checks the namespace. */
    @POST
    public void startWatching(@PathParam("namespace") String namespace) {
        namespaces.named(namespace).checkLeading();
    }
}
