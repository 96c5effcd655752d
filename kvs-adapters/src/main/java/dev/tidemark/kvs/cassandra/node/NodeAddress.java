package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.cassandra.cql.NodeIds;
import dev.tidemark.kvs.node.NodeId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The broadcast address of a node, as it says it by JMX.
 *
 * @param address never looked up
 * @param storagePort 0 where the version does not say it
 */
record NodeAddress(InetAddress address, int storagePort) {
    /** An IPv6 address in brackets, an IPv4 address, or an IPv6 address that can't have a port. */
    private static final Pattern FORM = Pattern.compile(
            "/?(?:\\[(?<six>[0-9a-fA-F:.]+)]|(?<four>[0-9.]+)|(?<bare>[0-9a-fA-F:.]+))(?::(?<port>\\d{1,5}))?");

    /**
     * Takes an address apart.
     *
     * @throws IllegalArgumentException when it is a name, or nothing of the kind
     */
    static NodeAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("address of a node: '" + text + "' (expected: IP[:PORT])");
        }
        String six = matcher.group("six") == null ? matcher.group("bare") : matcher.group("six");
        String port = matcher.group("port");
        try {
            InetAddress address = InetAddress.getByName(six == null ? matcher.group("four") : "[" + six + "]");
            return new NodeAddress(address, port == null ? 0 : Integer.parseInt(port));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address of a node: '" + text + "' (expected: IP[:PORT])", e);
        }
    }

    /** Returns the name that the node has for the whole adapter. */
    NodeId nodeId() {
        return NodeIds.of(address, storagePort);
    }
}
