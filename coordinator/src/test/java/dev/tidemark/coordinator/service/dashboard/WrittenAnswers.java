package dev.tidemark.coordinator.service.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** An API whose answers stand in a file, for states that are hard to bring about. {@code now-PT3H} in it is three hours ago. */
@Path("/api/v1")
public final class WrittenAnswers {
    private static final Pattern TIME = Pattern.compile("\"now(?:([+-])(PT\\w+))?(?:\\+(PT\\w+))?\"");

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final Instant now;

    WrittenAnswers(Instant now) {
        this.now = now;
        try (InputStream in = WrittenAnswers.class.getResourceAsStream("/dashboard/answers.json")) {
            JsonNode all = new ObjectMapper().readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            all.properties()
                    .forEach(answer -> write(answer.getKey(), answer.getValue().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String path, String answer) {
        answers.put(path, TIME.matcher(answer).replaceAll(this::time));
    }

    String get(String path) {
        return answers.get(path);
    }

    void remove(String path) {
        answers.remove(path);
    }

    /** Returns what it was asked to change: paths and bodies, in order. */
    List<String> changes() {
        return changes;
    }

    private String time(MatchResult written) {
        Instant time = now;
        if (written.group(2) != null) {
            Duration distance = Duration.parse(written.group(2));
            time = written.group(1).equals("-") ? time.minus(distance) : time.plus(distance);
        }
        if (written.group(3) != null) {
            time = time.plus(Duration.parse(written.group(3)));
        }
        return "\"" + time + "\"";
    }

    @GET
    @Path("{path: .*}")
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    @Produces(MediaType.APPLICATION_JSON)
    public Response answer(@PathParam("path") String path) {
        String answer = answers.get(path);
        if (answer == null) {
            throw new NotFoundException();
        }
        return Response.ok(answer).build();
    }

    @POST
    @Path("{path: .*}")
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    @Produces(MediaType.APPLICATION_JSON)
    public Response change(@PathParam("path") String path, String body) {
        changes.add(path + " " + body);
        return Response.ok("{}").build();
    }

    @DELETE
    @Path("{path: .*}")
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    @Produces(MediaType.APPLICATION_JSON)
    public Response delete(@PathParam("path") String path) {
        changes.add("delete " + path);
        return Response.ok("{}").build();
    }

    @GET
    @Path("namespaces/{name}/orders/{order}/events")
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public String events(@PathParam("name") String name, @PathParam("order") String order) {
        return "id: 7\nevent: order\ndata: " + answers.get("namespaces/" + name + "/orders/" + order) + "\n\n";
    }

    @GET
    @Path("namespaces/{name}/backups/{backup}/runbook")
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    @Produces(MediaType.TEXT_PLAIN)
    public String runbook(@PathParam("backup") String backup) {
        return "Restoring " + backup + "\n\n1. <i>tidemark restore</i> orders " + backup + "\n";
    }
}
