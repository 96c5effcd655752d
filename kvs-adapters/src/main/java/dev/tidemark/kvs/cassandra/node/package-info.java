/**
 * The agent of one keyspace on one node of Cassandra: its JMX, its files, and the durable mark that says how far a change of its data
 * has got. Works on a running node, and knows neither CQL nor any class of Cassandra.
 *
 * <p>Nouns: a <em>snapshot</em> is Cassandra's own, in {@code snapshots/TAG} below the directory of each table; it is complete when its
 * listing is in the agent's state directory. What a restore keeps, to undo it or to take it back, is a snapshot too. A <em>part</em> is
 * the SSTables of one table in one directory, staged or kept; loading goes part by part.
 *
 * <p>Invariants: the state directory has one owner; every record is durable before what it speaks of is done; tables are emptied only
 * when the mark says so and what they held is kept; nothing is done for an epoch that is not the greatest seen.
 */
package dev.tidemark.kvs.cassandra.node;
