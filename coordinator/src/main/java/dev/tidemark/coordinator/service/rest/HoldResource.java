package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.coordinator.service.view.HoldView;
import dev.tidemark.coordinator.service.view.Views;
import dev.tidemark.kvs.ErrorCode;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** Holds: what keeps a backup whatever its age. */
@Path(RestPaths.NAMESPACES + "/{namespace}/holds")
@Produces(MediaType.APPLICATION_JSON)
public final class HoldResource {
    private final Views views;
    private final Upkeep upkeep;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** Creates the resource. */
    public HoldResource(Views views, Upkeep upkeep, InstantSource clock, RandomGenerator random) {
        this.views = views;
        this.upkeep = upkeep;
        this.clock = clock;
        this.random = random;
    }

    /** Lists the holds of a namespace, also those that have run out. */
    @GET
    @Needs(Role.VIEWER)
    public HoldList list(@PathParam("namespace") String namespace) {
        return new HoldList(views.holds(namespace));
    }

    /** Places a hold. */
    @POST
    @Needs(Role.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Answers(value = HoldView.class, status = 201, hasLocation = true)
    public Response place(@PathParam("namespace") String namespace, @Context SecurityContext caller, NewHold wanted) {
        if (wanted == null || wanted.backup() == null) {
            throw RestPaths.invalid("backup", "", "the id of a backup, or latest");
        }
        Instant now = clock.instant();
        if (wanted.expiresAt() != null && !wanted.expiresAt().isAfter(now)) {
            throw RestPaths.invalid("expiresAt", wanted.expiresAt().toString(), "a time in the future");
        }
        BackupHold hold = hold(namespace, wanted, now, Caller.of(caller).name());
        upkeep.placeHold(namespace, hold);
        return Response.created(URI.create(RestPaths.NAMESPACES + "/" + namespace + "/holds/" + hold.holdId()))
                .entity(HoldView.of(hold, now))
                .build();
    }

    /** Releases a hold. */
    @DELETE
    @Needs(Role.OPERATOR)
    @Path("/{hold}")
    public HoldView release(@PathParam("namespace") String namespace, @PathParam("hold") String hold) {
        views.namespace(namespace);
        if (!ObjectId.isValid(hold)) {
            throw RestPaths.invalid("hold", hold, "the id of a hold, 32 hexadecimal digits");
        }
        try {
            return HoldView.of(upkeep.releaseHold(namespace, hold), clock.instant());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.INVALID_INPUT) {
                throw e;
            }
            throw new ProblemException(e.code(), e.getMessage(), e.hint()).withStatus(404);
        }
    }

    private BackupHold hold(String namespace, NewHold wanted, Instant now, String by) {
        String backup = views.backup(namespace, wanted.backup()).summary().backup();
        try {
            return new BackupHold(
                    new ObjectId(random.nextLong(), random.nextLong()).toString(),
                    backup,
                    wanted.reason() == null ? "" : wanted.reason(),
                    by,
                    now,
                    wanted.expiresAt() == null ? BackupHold.FOREVER : wanted.expiresAt());
        } catch (IllegalArgumentException e) {
            throw RestPaths.invalid(
                    "reason", String.valueOf(wanted.reason()), "1 to 200 characters, none of them a control character");
        }
    }

    /**
     * A hold to be placed.
     *
     * @param backup id of the backup, or {@code latest}
     * @param reason why, 1 to 200 characters
     * @param expiresAt from when on it counts no more; null for never
     */
    public record NewHold(String backup, String reason, Instant expiresAt) {}

    /** @param holds ordered by id */
    public record HoldList(List<HoldView> holds) {}
}
