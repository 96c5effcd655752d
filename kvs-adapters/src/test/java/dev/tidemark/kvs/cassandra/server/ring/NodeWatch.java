package dev.tidemark.kvs.cassandra.server.ring;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import java.io.IOException;
import java.net.Socket;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;

/** One node, asked again and again over one connection. */
final class NodeWatch implements AutoCloseable {
    private static final int MAX_CONNECT_MILLIS = 5000;

    private final CassandraServer node;

    private JMXConnector connector;

    NodeWatch(CassandraServer node) {
        this.node = node;
    }

    /** Says whether a node takes connections of clients: the last thing that it begins with. Costs it next to nothing. */
    static boolean listens(CassandraServer node) {
        try (Socket socket = new Socket()) {
            socket.connect(node.cql(), MAX_CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns what the node says. One that can't be reached yet, or has not registered all of its beans, doesn't serve. */
    NodeView view() {
        try {
            if (connector == null) {
                connector = Jmx.connect(node);
            }
            return NodeView.of(connector.getMBeanServerConnection());
        } catch (InstanceNotFoundException | RuntimeMBeanException e) {
            return NodeView.NOT_SERVING;
        } catch (IOException e) {
            close();
            return NodeView.NOT_SERVING;
        } catch (JMException e) {
            throw new IllegalStateException(node.name() + ": can't be asked for its state", e);
        }
    }

    /**
     * Sets how much silence the node bears before it takes another for down: the logarithm of the odds that it is wrong.
     *
     * @throws IllegalStateException if it can't be reached
     */
    void setConvictThreshold(double threshold) {
        try (JMXConnector own = Jmx.connect(node)) {
            own.getMBeanServerConnection()
                    .setAttribute(NodeView.FAILURE_DETECTOR, new Attribute("PhiConvictThreshold", threshold));
        } catch (IOException | JMException e) {
            throw new IllegalStateException(node.name() + ": can't be told when to take others for down", e);
        }
    }

    @Override
    public void close() {
        if (connector != null) {
            try {
                connector.close();
            } catch (IOException e) {
                // The node is gone, and the connection with it.
            }
            connector = null;
        }
    }
}
