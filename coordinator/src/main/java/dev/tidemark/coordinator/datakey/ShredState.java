package dev.tidemark.coordinator.datakey;

import dev.tidemark.coordinator.archive.Tombstone;

/**
 * State of a shredding.
 *
 * @param tombstone the mark, decided on once
 * @param removed objects that were removed after the keys, as far as a process has counted them
 * @param left objects that the store refuses to delete; nobody can read them
 */
public record ShredState(Tombstone tombstone, long removed, long left) {}
