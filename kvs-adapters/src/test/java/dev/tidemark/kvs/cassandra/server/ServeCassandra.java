package dev.tidemark.kvs.cassandra.server;

import dev.tidemark.kvs.cassandra.server.forked.ForkedProvider;
import java.io.IOException;

/** Starts one node of Cassandra 5.0 with an ordered ring for measurements by hand, and ends it when standard input ends. */
public final class ServeCassandra {
    private ServeCassandra() {}

    /** Prints the options of {@code tidemark bench cassandra} for the node. */
    @SuppressWarnings("SystemOut") // that is what it is for
    public static void main(String[] arguments) throws IOException {
        ClusterShape shape = ClusterShape.of(CassandraVersion.APACHE_5_0, 1).withPartitioner(Partitioner.BYTE_ORDERED);
        CassandraServers servers = new ForkedProvider().start(shape);
        try {
            servers.awaitAllUp();
            CassandraServer node = servers.nodes().get(0);
            System.out.println("--contact-point " + node.cql().getHostString() + ":"
                    + node.cql().getPort() + " --jmx " + node.jmx().getHostString() + ":"
                    + node.jmx().getPort() + " --datacenter " + servers.localDatacenter() + " --data-directory "
                    + node.dataDirectories().get(0));
            while (System.in.read() >= 0) {
                // until the end
            }
        } finally {
            servers.close();
        }
    }
}
