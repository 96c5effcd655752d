/**
 * Keys: what operators have, the master key that it unwraps, the data key of each namespace that the master key unwraps, and
 * the key pair that signs manifests. Secrets never appear in {@code toString}.
 */
package dev.tidemark.coordinator.archive.key;
