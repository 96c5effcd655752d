/**
 * Restore: plan, fence, stage and verify, load, repair, clean, fast-forward, verify, unfence.
 *
 * <p>Invariants: nothing is changed before the plan is complete; no live data is touched before every byte is staged and
 * verified; a store that is not fully restored refuses to open; the oracle stays fenced until it is.
 */
package dev.tidemark.coordinator.restore;
