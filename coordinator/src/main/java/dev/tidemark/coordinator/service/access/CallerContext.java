package dev.tidemark.coordinator.service.access;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/**
 * Carries the caller through a request.
 *
 * @param caller who sends the request; null when it does not say
 * @param isSecure whether the connection is encrypted
 */
public record CallerContext(Caller caller, boolean isSecure) implements SecurityContext {
    @Override
    public Principal getUserPrincipal() {
        return caller;
    }

    @Override
    public boolean isUserInRole(String role) {
        return caller != null && caller.role().includes(Role.parse(role));
    }

    @Override
    public String getAuthenticationScheme() {
        return caller == null ? null : "Bearer";
    }
}
