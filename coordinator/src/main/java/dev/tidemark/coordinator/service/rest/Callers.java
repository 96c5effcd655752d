package dev.tidemark.coordinator.service.rest;

import jakarta.ws.rs.core.SecurityContext;

/** Who asks. */
final class Callers {
    private static final String NOBODY = "anonymous";

    private Callers() {}

    /** Returns the caller's name, for people to read. */
    static String nameOf(SecurityContext caller) {
        return caller.getUserPrincipal() == null
                ? NOBODY
                : caller.getUserPrincipal().getName();
    }
}
