package dev.tidemark.coordinator.service.dashboard;

import dev.tidemark.coordinator.service.access.Open;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of the dashboard, for everybody. Browsers keep them, and ask each time whether they have changed. Thread-safe.
 */
@Path("/")
public final class DashboardResource {
    /** The page at {@code /}. */
    static final String PAGE = "index.html";

    /** What the page needs, below {@code /dashboard/}. */
    static final List<String> PARTS = List.of(
            "style.css",
            "icon.svg",
            "app.js",
            "api.js",
            "approvals.js",
            "backup.js",
            "dom.js",
            "follow.js",
            "holds.js",
            "namespace.js",
            "orders.js",
            "overview.js",
            "panel.js",
            "restore.js",
            "retention.js",
            "schedules.js",
            "text.js",
            "timeline.js");

    private final DashboardFile page;
    private final Map<String, DashboardFile> parts;

    /**
     * Reads the files.
     *
     * @throws IllegalStateException when one is not on the class path
     */
    public DashboardResource() {
        page = DashboardFile.read(PAGE);
        Map<String, DashboardFile> read = new TreeMap<>();
        PARTS.forEach(name -> read.put(name, DashboardFile.read(name)));
        parts = read;
    }

    /** Returns the page. */
    @GET
    @Open
    public Response page(@Context Request request) {
        return answer(page, request);
    }

    /**
     * Returns a part of it.
     *
     * @throws NotFoundException when the name is not in the list; nothing is looked for on a disk
     */
    @GET
    @Open
    @Path("dashboard/{file}")
    public Response part(@PathParam("file") String name, @Context Request request) {
        DashboardFile file = parts.get(name);
        if (file == null) {
            throw new NotFoundException();
        }
        return answer(file, request);
    }

    private static Response answer(DashboardFile file, Request request) {
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(file.tag());
        Response.ResponseBuilder answer = unchanged == null ? Response.ok(file.content(), file.mediaType()) : unchanged;
        return answer.tag(file.tag()).cacheControl(askEachTime()).build();
    }

    private static CacheControl askEachTime() {
        CacheControl control = new CacheControl();
        control.setNoCache(true);
        control.setNoTransform(false);
        return control;
    }
}
