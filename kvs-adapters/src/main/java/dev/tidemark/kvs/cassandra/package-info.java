/** Cassandra: the cluster side of the adapter, over agents beside the nodes and CQL. */
package dev.tidemark.kvs.cassandra;
