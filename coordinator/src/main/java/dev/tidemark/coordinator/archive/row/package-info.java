/**
 * Rows of entries in an archive: create-once objects, numbered without gaps, of which the last one counts. Whoever creates the next
 * number has said something that nobody else can have said at the same time; locks and leases are made of that.
 */
package dev.tidemark.coordinator.archive.row;
