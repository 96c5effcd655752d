package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.node.NodeId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of nodes by their addresses. */
final class NodeIds {
    /** An IPv4 address with or without a port, an IPv6 address in brackets with one, or an IPv6 address alone. */
    private static final Pattern ADDRESS = Pattern.compile(
            "/?(?:\\[(?<six>[0-9a-fA-F:.]+)]|(?<four>[^:\\[\\]]+)|(?<bare>[0-9a-fA-F:]+))(?::(?<port>\\d+))?");

    private static final String DEFAULT_PORT = "7000";

    private NodeIds() {}

    /** Returns the name of the node with this broadcast address, with or without its storage port. */
    static NodeId of(String broadcastAddress) {
        Matcher matcher = ADDRESS.matcher(broadcastAddress);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "address of a node: '" + broadcastAddress + "' (expected: ADDRESS[:PORT])");
        }
        String six = matcher.group("six");
        String four = matcher.group("four");
        String address = six != null ? six : four != null ? four : matcher.group("bare");
        String port = matcher.group("port");
        String name = address.replace(':', '-');
        return new NodeId(port == null || port.equals(DEFAULT_PORT) ? name : name + "-" + port);
    }
}
