package dev.tidemark.kvs.cassandra.server.ring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;

/**
 * What one node says at one moment.
 *
 * @param isServing whether it is a full member of the ring and answers CQL
 * @param generation the number of its life
 * @param tokens how many tokens it has itself
 * @param knownTokens of how many tokens of the ring it knows the owner
 * @param others by {@link #key}, how it sees each node that it knows, itself included
 */
record NodeView(boolean isServing, int generation, int tokens, int knownTokens, Map<String, Peer> others) {
    static final NodeView NOT_SERVING = new NodeView(false, 0, 0, 0, Map.of());
    static final ObjectName STORAGE = Jmx.name("org.apache.cassandra.db:type=StorageService");
    static final ObjectName FAILURE_DETECTOR = Jmx.name("org.apache.cassandra.net:type=FailureDetector");

    /** The states are listed as a line {@code host/address:port} and, indented below it, lines such as {@code generation:1700000000}. */
    private static final Pattern LINE =
            Pattern.compile("(?m)^(?<node>\\S*/\\S+)$|^\\s+generation:(?<generation>\\d+)$");

    /**
     * How a node sees one of the ring.
     *
     * @param isUp whether it would send requests to it
     * @param generation the life that it knows of
     */
    record Peer(boolean isUp, int generation) {}

    /** Asks a node. */
    static NodeView of(MBeanServerConnection node) throws JMException, IOException {
        if (!node.getAttribute(STORAGE, "OperationMode").equals("NORMAL")
                || !node.getAttribute(STORAGE, "NativeTransportRunning").equals(true)) {
            return NOT_SERVING;
        }
        return new NodeView(
                true,
                (int) node.getAttribute(STORAGE, "CurrentGenerationNumber"),
                ((List<?>) node.getAttribute(STORAGE, "Tokens")).size(),
                ((Map<?, ?>) node.getAttribute(STORAGE, "TokenToEndpointMap")).size(),
                others(node));
    }

    /** Returns the name of a node in {@link #others}. */
    static String key(InetSocketAddress storage, boolean hasPorts) {
        String address = storage.getAddress().getHostAddress();
        return hasPorts ? address + ":" + storage.getPort() : address;
    }

    /** Says whether the nodes know each other by address and port, or by address alone as before 4.0. */
    boolean hasPorts() {
        return others.keySet().stream().allMatch(key -> key.contains(":"));
    }

    Peer other(InetSocketAddress storage) {
        return others.getOrDefault(key(storage, hasPorts()), new Peer(false, 0));
    }

    private static Map<String, Peer> others(MBeanServerConnection node) throws JMException, IOException {
        Map<String, Integer> generations = generations((String) attribute(node, "AllEndpointStates"));
        Map<String, Peer> others = new HashMap<>();
        ((Map<?, ?>) attribute(node, "SimpleStates")).forEach((endpoint, state) -> {
            String key = withoutHost((String) endpoint);
            others.put(key, new Peer(state.equals("UP"), generations.getOrDefault(key, 0)));
        });
        return others;
    }

    /** Prefers what tells apart several nodes of one address; versions before 4.0 don't have it. */
    private static Object attribute(MBeanServerConnection node, String name) throws JMException, IOException {
        try {
            return node.getAttribute(FAILURE_DETECTOR, name + "WithPort");
        } catch (AttributeNotFoundException e) {
            return node.getAttribute(FAILURE_DETECTOR, name);
        }
    }

    private static Map<String, Integer> generations(String states) {
        Map<String, Integer> generations = new HashMap<>();
        String node = "";
        Matcher line = LINE.matcher(states);
        while (line.find()) {
            if (line.group("node") != null) {
                node = withoutHost(line.group("node"));
            } else {
                generations.put(node, Integer.parseInt(line.group("generation")));
            }
        }
        return generations;
    }

    private static String withoutHost(String endpoint) {
        return endpoint.substring(endpoint.indexOf('/') + 1);
    }
}
