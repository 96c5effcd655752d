package dev.tidemark.coordinator.service.access.approval;

import java.util.List;
import java.util.Optional;

/**
 * Where approvals are. Request, decision and use of an approval are each written once and never changed, so that a store needs nothing but
 * objects that are created once. Several instances that share approvals share a store.
 *
 * <p>An id is 24 lower-case hexadecimal digits; of another one there is no approval.
 *
 * <p>Each call is atomic and blocks until it is done. Implementations are thread-safe.
 */
public interface ApprovalStore {
    /**
     * Adds a request, without decision and use.
     *
     * @throws IllegalStateException when the id is there already
     */
    void request(Approval approval);

    /** Adds the decision; tells whether it is the first one. Only the first one counts. False too when there is no such approval. */
    boolean decide(String id, Approval.Decision decision);

    /** Adds the use; tells whether it is the first one. False too when there is no such approval. */
    boolean use(String id, Approval.Use use);

    /** Returns an approval; empty when there is none of this id. */
    Optional<Approval> find(String id);

    /** Returns all approvals, the oldest request first. */
    List<Approval> list();

    /** Removes an approval; does nothing when it is not there. */
    void remove(String id);
}
