package dev.tidemark.coordinator.client;

import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;

/**
 * How an order is to be taken.
 *
 * @param overlap what to do when the namespace is busy
 * @param idempotencyKey makes the same request the same order when it comes again; empty for one by chance
 * @param approval id of the approval of somebody else; empty for none
 */
public record OrderTerms(Overlap overlap, String idempotencyKey, String approval) {
    /** It waits for its turn, is a new order, and has no approval. */
    public static final OrderTerms DEFAULT = new OrderTerms(Overlap.QUEUE, "", "");
}
