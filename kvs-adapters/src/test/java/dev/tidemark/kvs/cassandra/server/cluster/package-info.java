/**
 * What the providers have in common. A <em>plan</em> says where the nodes of a cluster are to live, and with which tokens; each reads its
 * own <em>configuration</em>, written from the plan. Names, ports, paths and options are the same whoever runs the nodes.
 */
package dev.tidemark.kvs.cassandra.server.cluster;
