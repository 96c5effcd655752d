/**
 * Recorded histories of transactions, and the check of a store against one. A <em>history</em> is a file of JSON lines, as
 * docs/history-format.rst describes it: what each transaction read and wrote, when it started and committed. From it follows the
 * state at every timestamp; the checker compares that with what a store holds, in both directions, and names the first transaction
 * that is wrong. Memory is bounded whatever the length of the history.
 */
package dev.tidemark.coordinator.history;
