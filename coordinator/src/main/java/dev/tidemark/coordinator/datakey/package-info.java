/**
 * What is done to the data keys of a namespace, each under its lock: rotation begins a new one, shredding destroys all of them and with
 * them everything that they encrypt.
 *
 * <p>Invariant: before a data key is deleted, a signed mark says that it is destroyed; a number of a data key is never used again.
 */
package dev.tidemark.coordinator.datakey;
