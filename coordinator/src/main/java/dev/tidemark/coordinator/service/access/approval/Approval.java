package dev.tidemark.coordinator.service.access.approval;

import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import java.time.Instant;

/**
 * A request that needs a second person, and what has become of it.
 *
 * @param id of the approval
 * @param subject what it is about
 * @param requestedBy name of the caller who wants it
 * @param role of that caller
 * @param requestedAt when it was asked for
 * @param expiresAt from when on it can be neither decided nor used
 * @param decision what somebody else has said; null as long as nobody has
 * @param use when the request was let through; null as long as it was not
 */
public record Approval(
        String id,
        Subject subject,
        String requestedBy,
        Role role,
        Instant requestedAt,
        Instant expiresAt,
        Decision decision,
        Use use) {
    Approval withDecision(Decision newDecision) {
        return new Approval(id, subject, requestedBy, role, requestedAt, expiresAt, newDecision, use);
    }

    Approval withUse(Use newUse) {
        return new Approval(id, subject, requestedBy, role, requestedAt, expiresAt, decision, newUse);
    }

    boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt);
    }

    /**
     * What an approval is about.
     *
     * @param operation what the request would do
     * @param namespace where; empty when the request is about all of them
     * @param request the request itself
     */
    public record Subject(SensitiveOperation operation, String namespace, ExactRequest request) {}

    /**
     * What somebody has said.
     *
     * @param by name of the caller who has said it
     * @param verdict approved or refused
     * @param at when
     */
    public record Decision(String by, Verdict verdict, Instant at) {}

    /**
     * That a request was let through.
     *
     * @param at when
     * @param key idempotency key of the request, under which it may be repeated; empty when it had none
     */
    public record Use(Instant at, String key) {}

    /** Yes or no. */
    public enum Verdict {
        APPROVED,
        REFUSED
    }
}
