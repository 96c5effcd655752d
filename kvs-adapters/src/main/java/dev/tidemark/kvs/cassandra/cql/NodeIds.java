package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.metadata.Node;
import dev.tidemark.kvs.node.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Names of Cassandra's nodes: the broadcast address with dashes for colons, followed by a dash and the storage port where that
 * is known and not 7000. So several nodes on one address have different names.
 */
public final class NodeIds {
    private static final int USUAL_STORAGE_PORT = 7000;

    private NodeIds() {}

    /**
     * Returns the name of a node.
     *
     * @param broadcastAddress the address that other nodes use
     * @param storagePort the port that other nodes use; 0 when it is not known
     */
    public static NodeId of(InetAddress broadcastAddress, int storagePort) {
        String address = broadcastAddress.getHostAddress();
        int scope = address.indexOf('%');
        String name = (scope < 0 ? address : address.substring(0, scope)).replace(':', '-');
        return new NodeId(storagePort == 0 || storagePort == USUAL_STORAGE_PORT ? name : name + "-" + storagePort);
    }

    /** Returns the name of a node for a message; its address where the driver does not know the node yet. */
    static String nameOf(Node node) {
        return node.getBroadcastAddress()
                .map(address -> of(address.getAddress(), address.getPort()).id())
                .orElseGet(() -> node.getEndPoint().resolve() instanceof InetSocketAddress address
                        ? address.getHostString() + ":" + address.getPort()
                        : node.getEndPoint().toString());
    }
}
