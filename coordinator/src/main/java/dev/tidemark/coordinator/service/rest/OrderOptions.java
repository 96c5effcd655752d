package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.approval.ApprovalFilter;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Locale;

/** What every request for an order has beside the order. The framework creates one for each request and fills its fields. */
public final class OrderOptions {
    private static final int MAX_KEY = 200;
    private static final String KEY = ApprovalFilter.IDEMPOTENCY_KEY;
    private static final String IF_BUSY = "ifBusy";
    private static final String QUEUE = "queue";

    @PathParam("namespace")
    private String namespace;

    /** Makes the same request the same order when it comes again: at most 200 visible ASCII characters. */
    @HeaderParam(KEY)
    @DefaultValue("")
    private String key;

    /** What to do when the namespace is busy: {@code queue} or {@code refuse}. */
    @QueryParam(IF_BUSY)
    @DefaultValue(QUEUE)
    private String ifBusy;

    @Context
    private SecurityContext context;

    String namespace() {
        return namespace;
    }

    String caller() {
        return Caller.of(context).name();
    }

    String key() {
        if (!key.matches("[\\x21-\\x7e]{0," + MAX_KEY + "}")) {
            throw RestPaths.invalid(KEY, key, "at most " + MAX_KEY + " visible ASCII characters");
        }
        return key;
    }

    Overlap overlap() {
        return switch (ifBusy.toLowerCase(Locale.ROOT)) {
            case QUEUE -> Overlap.QUEUE;
            case "refuse" -> Overlap.REFUSE;
            default -> throw RestPaths.invalid(IF_BUSY, ifBusy, "queue or refuse");
        };
    }
}
