/**
 * The timestamp oracle as a process: a Dropwizard application that serves TimeLock's HTTP API for what a backup, a restore
 * and a client of timestamps need, and under {@code /tidemark/v1} what TimeLock lacks.
 *
 * <p>Invariants: a namespace is created only as the configuration allows; no answer shows a stack trace or a secret; one
 * exception mapper decides on every error's form; a server that does not lead creates nothing and answers for no namespace.
 */
package dev.tidemark.timestamp.service;
