/**
 * Cassandra in containers: each node in one of its own, all in the network of a <em>holder</em>, a container that only sleeps. So the
 * nodes have the addresses, ports and paths that their plan gives them, as forked processes have: they see each other on loopback
 * addresses; the holder publishes the ports for clients under the same numbers, and keeps them while a node is down; and the
 * directory of the cluster is the same path inside and outside, so that what a node says of its files holds for whoever runs beside it.
 *
 * <p>What containers can't do:
 * <ul>
 *   <li>run where the Docker engine is on another machine, or has another file system;
 *   <li>run Palantir's Cassandra 2.2: there is no public image of it, and its nodes need the same port on several addresses;
 *   <li>find a published port free for sure: the numbers are probed before, and taken a moment later.
 * </ul>
 */
package dev.tidemark.kvs.cassandra.server.container;
