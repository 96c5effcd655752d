package dev.tidemark.timestamp.web;

import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Set;

/** Has every resource method check who asks, as its {@link Needs} says. A resource that does not say stops the start. */
public final class AccessFeature implements DynamicFeature {
    private final Grants grants;

    /** Creates the check. */
    public AccessFeature(Grants grants) {
        this.grants = grants;
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        // What answers OPTIONS belongs to the framework, and has no path of its own.
        if (resource.getResourceClass().isAnnotationPresent(Path.class)) {
            context.register(new NeedsFilter(grants, needs(resource)));
        }
    }

    private static Needs needs(ResourceInfo resource) {
        Needs own = resource.getResourceMethod().getAnnotation(Needs.class);
        Needs needs = own != null ? own : resource.getResourceClass().getAnnotation(Needs.class);
        if (needs == null) {
            throw new IllegalStateException(
                    "method '" + resource.getResourceMethod() + "' does not say whom it is for");
        }
        return needs;
    }

    private static final class NeedsFilter implements ContainerRequestFilter {
        private final Grants grants;
        private final Set<Right> needed;
        private final boolean isHeaderDemanded;

        private NeedsFilter(Grants grants, Needs needs) {
            this.grants = grants;
            this.needed = Set.of(needs.value());
            this.isHeaderDemanded = needs.header();
        }

        @Override
        public void filter(ContainerRequestContext request) {
            grants.check(request.getHeaderString(HttpHeaders.AUTHORIZATION), needed, isHeaderDemanded);
        }
    }
}
