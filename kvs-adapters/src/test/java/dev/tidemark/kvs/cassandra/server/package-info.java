/**
 * Real Cassandra clusters for integration tests. A <em>cluster</em> has a {@linkplain
 * dev.tidemark.kvs.cassandra.server.ClusterShape shape} and <em>servers</em>, one for each node; a <em>provider</em> runs them, as
 * processes of this machine ({@code forked}) or in containers ({@code testcontainers}). Which one, the system property
 * {@code cassandra.provider} says; none is ever left out silently.
 *
 * <p>Nothing of Cassandra itself is on the class path of the tests.
 */
package dev.tidemark.kvs.cassandra.server;
