/**
 * The adapter for Apache Cassandra, and for the fork of version 2.2 that AtlasDB runs on. A store is one keyspace of a cluster. Its
 * cluster side speaks CQL; what a node's files and its management interface need is done by an <em>agent</em> beside the node.
 */
package dev.tidemark.kvs.cassandra;
