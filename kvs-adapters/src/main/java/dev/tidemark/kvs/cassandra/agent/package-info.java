/**
 * What the cluster side of the Cassandra adapter asks of whoever sits beside a node: an <em>agent</em>, in this process or behind
 * HTTP. One agent serves one keyspace of one node.
 */
package dev.tidemark.kvs.cassandra.agent;
