/**
 * Cassandra as forked processes on loopback addresses of this machine. A <em>runtime</em> is what Maven has resolved of a release
 * (see {@code src/test/cassandra}). A process ends with the JVM that has started it, however that ends.
 */
package dev.tidemark.kvs.cassandra.server.forked;
