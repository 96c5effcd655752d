/**
 * File lists: the files of one node in one backup, with the chunks that make up each, streamed in order of their paths.
 *
 * <p>Invariants: paths are checked when they are written and again when they are read; a list is named by the hashes of its
 * parts, so whoever has an authentic reference has an authentic list.
 */
package dev.tidemark.coordinator.archive.filelist;
