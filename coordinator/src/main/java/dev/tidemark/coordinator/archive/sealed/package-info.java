/**
 * Sealed objects: encrypted and authenticated byte sequences that can't be read under another name, in another namespace or
 * archive, or as another type than they were written. See docs/archive-format.rst.
 */
package dev.tidemark.coordinator.archive.sealed;
