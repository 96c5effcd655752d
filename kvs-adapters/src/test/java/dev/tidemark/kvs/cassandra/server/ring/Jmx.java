package dev.tidemark.kvs.cassandra.server.ring;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The way to a node's beans. */
public final class Jmx {
    private Jmx() {}

    /**
     * Opens a connection.
     *
     * @throws IOException if the node can't be reached, or is about to start and can't be asked yet
     */
    @SuppressWarnings("BanJNDI") // reads what a node answers that this test has started
    public static JMXConnector connect(CassandraServer node) throws IOException {
        InetSocketAddress address = node.jmx();
        JMXServiceURL url = new JMXServiceURL(
                "service:jmx:rmi:///jndi/rmi://" + address.getHostString() + ":" + address.getPort() + "/jmxrmi");
        try {
            return JMXConnectorFactory.connect(url);
        } catch (NullPointerException e) {
            // The node opens its registry a moment before it puts anything there; the client doesn't expect that.
            throw new IOException(node.name() + ": registry of JMX is empty", e);
        }
    }

    /** Reads an attribute of {@code StorageService}, the bean with most of what a node says of itself. */
    public static Object attribute(CassandraServer node, String name) throws IOException, JMException {
        try (JMXConnector connector = connect(node)) {
            return connector.getMBeanServerConnection().getAttribute(NodeView.STORAGE, name);
        }
    }

    static ObjectName name(String name) {
        try {
            return new ObjectName(name);
        } catch (JMException e) {
            throw new IllegalArgumentException(name, e);
        }
    }
}
