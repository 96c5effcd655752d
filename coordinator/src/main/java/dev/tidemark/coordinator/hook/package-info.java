/**
 * Hooks: what an operator has run before and after the backups and restores of a namespace.
 *
 * <p><b>Hook</b>: a command, or an HTTP request, that is to be run at a <b>moment</b>. One that fails before an operation can keep it from
 * beginning; one that fails afterwards is a note, because what is done is done.
 *
 * <p>Invariants: no hook runs while a hold or a fence of the operation is up, except after a failure that leaves a fence to be lifted; a
 * hook has a limit on its time and on the output that is kept; it gets no secret of Tidemark's.
 */
package dev.tidemark.coordinator.hook;
