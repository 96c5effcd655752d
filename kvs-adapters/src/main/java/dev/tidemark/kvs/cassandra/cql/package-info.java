/**
 * The CQL side of the Cassandra adapter: everything that one keyspace of a cluster is asked over the wire. A
 * {@link dev.tidemark.kvs.cassandra.cql.CassandraSession} is a connection to a cluster; every other class works on one keyspace
 * over it: cells and transactions tables in AtlasDB's layout, its {@code _coordination}, {@code _timestamp} and {@code _punch}
 * tables, the topology and the schema. Knows neither files nor agents.
 *
 * <p>Invariants: consistency levels and write timestamps are AtlasDB's, see
 * {@link dev.tidemark.kvs.cassandra.cql.CassandraCells}; which transactions schema applies comes from {@code _coordination}
 * alone, and what can't be read there is refused; every abort is read again before it counts.
 */
package dev.tidemark.kvs.cassandra.cql;
