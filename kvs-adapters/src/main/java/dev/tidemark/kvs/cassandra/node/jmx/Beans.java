package dev.tidemark.kvs.cassandra.node.jmx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** Where Cassandra's versions keep things: tables were called column families before 3.0. */
final class Beans {
    static final ObjectName STORAGE_SERVICE = name("org.apache.cassandra.db:type=StorageService");

    private static final List<String[]> TABLE_WORDS =
            List.of(new String[] {"Tables", "table"}, new String[] {"ColumnFamilies", "columnfamily"});
    private static final List<String> METRIC_TYPES = List.of("Table", "ColumnFamily");

    private Beans() {}

    /** Returns the names of the tables of a keyspace. */
    static SortedSet<String> tables(JmxSession session, String keyspace) throws IOException {
        SortedSet<String> tables = new TreeSet<>();
        for (String[] words : TABLE_WORDS) {
            ObjectName pattern =
                    name("org.apache.cassandra.db:type=" + words[0] + ",keyspace=" + keyspace + "," + words[1] + "=*");
            for (ObjectName found : session.connection().queryNames(pattern, null)) {
                tables.add(found.getKeyProperty(words[1]));
            }
        }
        return tables;
    }

    /** Returns the bean of a table. */
    static ObjectName table(JmxSession session, String keyspace, String table) throws JMException, IOException {
        for (String[] words : TABLE_WORDS) {
            ObjectName candidate = name("org.apache.cassandra.db:type=" + words[0] + ",keyspace=" + keyspace + ","
                    + words[1] + "=" + table);
            if (session.connection().isRegistered(candidate)) {
                return candidate;
            }
        }
        throw new InstanceNotFoundException(keyspace + "." + table);
    }

    static TableContent content(JmxSession session, String keyspace, String table) throws JMException, IOException {
        return new TableContent(
                metric(session, keyspace, table, "LiveSSTableCount"),
                metric(session, keyspace, table, "MemtableColumnsCount"));
    }

    /** Returns where other nodes reach the node with this host id; the ports are known from 4.0 on. */
    static String addressOf(JmxSession session, String hostId) throws JMException, IOException {
        String attribute = session.hasAttribute(STORAGE_SERVICE, "HostIdToEndpointWithPort")
                ? "HostIdToEndpointWithPort"
                : "HostIdToEndpoint";
        Object address = ((Map<?, ?>) session.attribute(STORAGE_SERVICE, attribute)).get(hostId);
        if (address == null) {
            throw new InstanceNotFoundException("address of host id " + hostId);
        }
        return address.toString();
    }

    /** Returns the texts in a list or an array. */
    static List<String> strings(Object value) {
        List<String> texts = new ArrayList<>();
        for (Object text : value instanceof Collection<?> list ? list : List.of((Object[]) value)) {
            texts.add((String) text);
        }
        return texts;
    }

    private static long metric(JmxSession session, String keyspace, String table, String metric)
            throws JMException, IOException {
        for (String type : METRIC_TYPES) {
            ObjectName candidate = name("org.apache.cassandra.metrics:type=" + type + ",keyspace=" + keyspace
                    + ",scope=" + table + ",name=" + metric);
            if (session.connection().isRegistered(candidate)) {
                return ((Number) session.attribute(candidate, "Value")).longValue();
            }
        }
        throw new InstanceNotFoundException(metric + " of " + keyspace + "." + table);
    }

    static ObjectName name(String name) {
        try {
            return new ObjectName(name);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("name of an MBean: '" + name + "'", e);
        }
    }
}
