/**
 * What an agent asks of a running Cassandra by JMX: snapshots, loading, emptying, repair. Knows no class of Cassandra, and chooses
 * between the signatures that its versions and forks have by looking, never by the version's number.
 *
 * <p>Invariants: every call has a time limit; a connection that has failed is not used again; a connection to another node than the
 * expected one is never used.
 */
package dev.tidemark.kvs.cassandra.node.jmx;
