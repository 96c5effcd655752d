/**
 * The {@code tidemark} command: one class for each noun, with its sub-commands. A command reads its options, calls the engine
 * in this process and shows what it returned; it decides nothing itself.
 *
 * <p>Invariants: results go to standard output and everything else to standard error; with {@code --json} standard output
 * holds exactly one JSON document, errors included; the exit code of an error is that of its
 * {@link dev.tidemark.kvs.ErrorCode}.
 */
package dev.tidemark.cli;
