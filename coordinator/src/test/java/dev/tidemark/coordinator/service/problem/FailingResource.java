package dev.tidemark.coordinator.service.problem;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.access.Open;
import dev.tidemark.kvs.ErrorCode;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;

/** A path for each way to fail. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class FailingResource {
    /** Looks like a token and is none. */
    static final String SECRET = "tdm_" + "s".repeat(43);

    /** A body as the real ones are. */
    record Body(String label, Integer level, Boolean isForced, List<Body> parts, Map<String, String> labels) {
        Body {
            if (level != null && level > 2) {
                throw new IllegalArgumentException("'level' is " + level + " (expected: 1 or 2)");
            }
        }
    }

    @GET
    @Path("codes/{code}")
    @Open
    public Map<String, String> code(@PathParam("code") ErrorCode code) {
        throw new CoordinatorException(code, "it failed for " + SECRET + "\nand more", "Do not use " + SECRET + ".");
    }

    @GET
    @Path("defect")
    @Open
    public Map<String, String> defect() {
        throw new IllegalStateException("inside: " + SECRET, new IllegalStateException("Authorization: Bearer abcdef"));
    }

    @GET
    @Path("error")
    @Open
    public Map<String, String> error() {
        throw new StackOverflowError("inside");
    }

    @GET
    @Path("failing-web")
    @Open
    public Response web() {
        return Response.status(503).entity("inside").build();
    }

    @GET
    @Path("numbers")
    @Open
    public Map<String, Object> numbers(@QueryParam("limit") int limit) {
        return Map.of("limit", limit);
    }

    @POST
    @Path("bodies")
    @Consumes(MediaType.APPLICATION_JSON)
    @Open
    public Map<String, Object> body(Body body) {
        return Map.of("label", body.label() == null ? "" : body.label());
    }

    @POST
    @Path("raw")
    @Open
    public Map<String, Object> raw(byte[] body) {
        return Map.of("bytes", body.length);
    }

    @POST
    @Path("ignored")
    @Open
    public Map<String, Object> ignored() {
        return Map.of();
    }
}
