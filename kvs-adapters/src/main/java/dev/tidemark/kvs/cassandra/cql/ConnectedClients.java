package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who is connected to a cluster besides Tidemark. Cassandra tells of connections over CQL from 4.0 on, and not which keyspace they
 * are for. Connections of Tidemark say who they are.
 */
public final class ConnectedClients {
    /** What connections of Tidemark call themselves. */
    static final String TIDEMARK = "tidemark";

    private static final String OPTIONS = "client_options";
    private static final String APPLICATION = "APPLICATION_NAME";
    private static final String ADVICE = "stop all clients of the keyspace first, and start them again afterwards";

    private ConnectedClients() {}

    /**
     * Asks every node that is up; returns one sentence for each client, and for each reason why some can't be seen.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when a node does not answer
     */
    public static List<String> of(CassandraSession session) {
        if (session.facts().isBefore4()) {
            return List.of("clients can't be seen, Cassandra " + session.facts().release()
                    + " does not tell of its connections: " + ADVICE);
        }
        SortedMap<String, Integer> connections = new TreeMap<>();
        List<String> sentences = new ArrayList<>();
        for (Node node : session.metadata().getNodes().values()) {
            if (node.getState() == NodeState.UP) {
                count(session, node, connections, sentences);
            }
        }
        connections.forEach((client, count) -> sentences.add(client + " has " + count
                + (count == 1 ? " connection" : " connections") + " to the cluster: " + ADVICE));
        return sentences;
    }

    private static void count(
            CassandraSession session, Node node, Map<String, Integer> connections, List<String> sentences) {
        String name = NodeIds.nameOf(node);
        try {
            session
                    .all(
                            "list the clients of node '" + name + "'",
                            SimpleStatement.newInstance("SELECT * FROM system_views.clients")
                                    .setNode(node))
                    .stream()
                    .filter(client -> !TIDEMARK.equals(options(client).get(APPLICATION)))
                    .forEach(client -> connections.merge(nameOf(client), 1, Integer::sum));
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.UNAUTHORIZED) {
                throw e;
            }
            sentences.add("clients of node '" + name + "' can't be seen, " + e.getMessage() + ": " + ADVICE);
        }
    }

    /** Cassandra 4.0 does not have the options, and connections of Tidemark are counted there. */
    private static Map<String, String> options(Row client) {
        Map<String, String> options = client.getColumnDefinitions().contains(OPTIONS)
                ? client.getMap(OPTIONS, String.class, String.class)
                : null;
        return options == null ? Map.of() : options;
    }

    private static String nameOf(Row client) {
        List<String> details = new ArrayList<>();
        String application = options(client).get(APPLICATION);
        if (application != null) {
            details.add(application);
        }
        if (!client.isNull("driver_name")) {
            details.add(client.getString("driver_name")
                    + (client.isNull("driver_version") ? "" : " " + client.getString("driver_version")));
        }
        return "client at " + client.getInetAddress("address").getHostAddress()
                + (details.isEmpty() ? "" : " (" + String.join(", ", details) + ")");
    }
}
