/** Pieces that every format of the archive is made of: strict JSON, bounded binary fields, bounded compression. */
package dev.tidemark.coordinator.archive.format;
