package dev.tidemark.coordinator.service.access;

import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.Set;

/**
 * Who sends a request, once that is known.
 *
 * @param name for people, logs and the audit log
 * @param role what the caller may do
 * @param namespaces where it may do so; empty for everywhere
 */
public record Caller(String name, Role role, Set<String> namespaces) implements Principal {
    /** Copies the namespaces. */
    public Caller {
        namespaces = Set.copyOf(namespaces);
    }

    /**
     * Returns the caller of a request.
     *
     * @throws ProblemException {@link ErrorCode#UNAUTHORIZED} when nobody knows who it is
     */
    public static Caller of(SecurityContext context) {
        if (context.getUserPrincipal() instanceof Caller caller) {
            return caller;
        }
        throw missing();
    }

    /** Returns the refusal of a request of which nobody knows who sends it. */
    public static ProblemException missing() {
        return unauthorized(
                "this path demands a token or a certificate", "Send 'Authorization: Bearer TOKEN' with your token.");
    }

    /** Returns the refusal of a request that shows something that is not let in. */
    public static ProblemException unauthorized(String message, String hint) {
        return new ProblemException(ErrorCode.UNAUTHORIZED, message, hint)
                .withHeader("WWW-Authenticate", "Bearer realm=\"tidemark\"");
    }

    @Override
    public String getName() {
        return name;
    }

    /** Tells whether there are namespaces that this caller may not see. */
    public boolean isLimited() {
        return !namespaces.isEmpty();
    }

    /** Tells whether this caller may see a namespace, and do there what its role may. */
    public boolean maySee(String namespace) {
        return !isLimited() || namespaces.contains(namespace);
    }

    /**
     * Refuses a caller that has not the right.
     *
     * @throws ProblemException {@link ErrorCode#FORBIDDEN}
     */
    public void require(Role needed) {
        if (!role.includes(needed)) {
            throw forbidden(
                    "caller '" + name + "' has the role '" + role.word() + "' (expected: " + needed.word() + ")",
                    "Ask somebody with the role '" + needed.word() + "', or have your token exchanged.");
        }
    }

    /**
     * Refuses a caller that is limited to other namespaces.
     *
     * @throws ProblemException {@link ErrorCode#FORBIDDEN}
     */
    public void requireNamespace(String namespace) {
        if (!maySee(namespace)) {
            throw forbidden(
                    "caller '" + name + "' is not let into namespace '" + namespace + "'",
                    "Use one of: "
                            + String.join(", ", namespaces.stream().sorted().toList()) + ".");
        }
    }

    /**
     * Refuses a caller that is limited to some namespaces.
     *
     * @throws ProblemException {@link ErrorCode#FORBIDDEN}
     */
    public void requireUnlimited() {
        if (isLimited()) {
            throw forbidden(
                    "caller '" + name + "' is limited to some namespaces, and this path is about all of them",
                    "Ask somebody whose token names no namespaces.");
        }
    }

    private static ProblemException forbidden(String message, String hint) {
        return new ProblemException(ErrorCode.FORBIDDEN, message, hint);
    }
}
