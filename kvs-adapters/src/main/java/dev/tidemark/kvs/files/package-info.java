/**
 * What every adapter that keeps files needs of a file system: writes that survive a power cut, ownership of a directory, staging
 * areas, and errors that say what to do. Knows no store.
 *
 * <p>Invariants: a name becomes visible only after its content is durable; whoever changes what a directory holds owns its lock.
 */
package dev.tidemark.kvs.files;
