/**
 * Cluster side of a store: what the coordinator asks of the store as a whole, and what every store keeps about itself in
 * an internal table.
 */
package dev.tidemark.kvs.cluster;
