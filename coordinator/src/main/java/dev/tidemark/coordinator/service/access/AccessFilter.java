package dev.tidemark.coordinator.service.access;

import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Method;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a caller through to a resource method that is for it; see {@link Needs}. */
@Priority(Priorities.AUTHORIZATION)
public final class AccessFilter implements ContainerRequestFilter {
    /** Name of the path parameter by which callers are kept to their namespaces. */
    public static final String NAMESPACE = "namespace";

    private static final Logger LOG = LoggerFactory.getLogger(AccessFilter.class);

    /** Of the request that is under way on this thread; the framework sets it. */
    @Context
    private ResourceInfo resource;

    /** Creates the filter. */
    public AccessFilter() {}

    @Override
    public void filter(ContainerRequestContext request) {
        Method method = resource.getResourceMethod();
        if (method != null && method.isAnnotationPresent(Open.class)) {
            return;
        }
        Caller caller = Caller.of(request.getSecurityContext());
        Needs needs = method == null ? null : method.getAnnotation(Needs.class);
        if (needs == null) {
            LOG.error("{} does not say whom it is for, and is refused to everybody", method);
            throw new ProblemException(ErrorCode.FORBIDDEN, "this path is for nobody", "Report it as a defect.");
        }
        caller.require(needs.value());
        List<String> named = request.getUriInfo().getPathParameters().getOrDefault(NAMESPACE, List.of());
        named.forEach(caller::requireNamespace);
        if (named.isEmpty() && needs.scope() == Needs.Scope.PATH) {
            caller.requireUnlimited();
        }
    }
}
