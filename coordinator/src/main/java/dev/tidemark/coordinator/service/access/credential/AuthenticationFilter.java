package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.service.access.AccessFilter;
import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.CallerContext;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out who sends a request before anything else of it is read. Whoever sends a wrong token is refused on every path, whoever sends
 * none on those that demand one: see {@link AccessFilter}.
 *
 * <p>A browser shows its certificate to every page that asks for something here. So whatever changes something and comes from a page of
 * another origin is refused.
 */
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public final class AuthenticationFilter implements ContainerRequestFilter {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final Authenticator authenticator;

    /** Of the request that is under way on this thread; the framework sets it. */
    @Context
    private HttpServletRequest connection;

    /** Creates the filter. */
    public AuthenticationFilter(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Optional<Caller> caller = authenticator.authenticate(
                connection.getRemoteAddr(), request.getHeaderString(HttpHeaders.AUTHORIZATION), certificate());
        if (!READING.contains(request.getMethod())) {
            requireOwnSite(request);
        }
        request.setSecurityContext(new CallerContext(caller.orElse(null), connection.isSecure()));
    }

    private X509Certificate certificate() {
        return connection.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                ? chain[0]
                : null;
    }

    private static void requireOwnSite(ContainerRequestContext request) {
        String site = request.getHeaderString("Sec-Fetch-Site");
        String origin = request.getHeaderString("Origin");
        boolean isForeignSite = site != null && !OWN_SITE.contains(site);
        boolean isForeignOrigin =
                origin != null && !authority(origin).equalsIgnoreCase(request.getHeaderString(HttpHeaders.HOST));
        if (isForeignSite || isForeignOrigin) {
            throw new ProblemException(
                    ErrorCode.FORBIDDEN,
                    "the request comes from a page of another origin",
                    "Use the dashboard of this service, or a program that is not a browser.");
        }
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
