/**
 * The runbook of a backup: how to restore it, written when it was taken, from the configuration that it was taken with.
 *
 * <p><b>Runbook</b>: a page for people and a script with the same commands. Both are stored beside the manifest, signed and not
 * encrypted. <b>Site</b>: what a configuration says of the places and secrets that a restore needs.
 *
 * <p>Invariant: a runbook names secrets, by variable or file, and holds none. A backup without a runbook is a backup.
 */
package dev.tidemark.coordinator.runbook;
