package dev.tidemark.coordinator.service.access.approval;

import dev.tidemark.coordinator.service.access.AccessFilter;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.approval.Approval.Subject;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;

/**
 * Lets a request to a method that {@link NeedsApproval} through when {@link Approvals} does. Comes after the body's limit, because it
 * reads the body.
 */
@Priority(Priorities.ENTITY_CODER)
public final class ApprovalFilter implements ContainerRequestFilter {
    /** Name of the header that makes the same request the same order when it comes again. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final Approvals approvals;

    /** Of the request that is under way on this thread; the framework sets it. */
    @Context
    private ResourceInfo resource;

    /** Creates the filter. */
    public ApprovalFilter(Approvals approvals) {
        this.approvals = approvals;
    }

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        Method method = resource.getResourceMethod();
        NeedsApproval needs = method == null ? null : method.getAnnotation(NeedsApproval.class);
        if (needs == null) {
            return;
        }
        byte[] body = request.hasEntity() ? request.getEntityStream().readAllBytes() : new byte[0];
        request.setEntityStream(new ByteArrayInputStream(body));
        URI uri = request.getUriInfo().getRequestUri();
        String target = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        String namespace = request.getUriInfo().getPathParameters().getFirst(AccessFilter.NAMESPACE);
        Subject subject = new Subject(
                needs.value(), namespace == null ? "" : namespace, ExactRequest.of(request.getMethod(), target, body));
        String key = request.getHeaderString(IDEMPOTENCY_KEY);
        approvals.admit(
                Caller.of(request.getSecurityContext()),
                subject,
                request.getHeaderString(Approvals.HEADER),
                key == null ? "" : key);
    }
}
