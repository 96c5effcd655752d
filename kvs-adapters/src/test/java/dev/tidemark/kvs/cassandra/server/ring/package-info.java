/**
 * What the nodes of a running cluster think of themselves and of each other, seen through JMX. A node's <em>generation</em> is
 * the number of its life: a greater one after each start.
 */
package dev.tidemark.kvs.cassandra.server.ring;
