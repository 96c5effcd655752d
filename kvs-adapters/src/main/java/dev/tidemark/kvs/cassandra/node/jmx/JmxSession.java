package dev.tidemark.kvs.cassandra.node.jmx;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.InstanceNotFoundException;
import javax.management.IntrospectionException;
import javax.management.JMException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.remote.JMXConnector;

/**
 * One connection, with what was learnt over it about the node's MBeans: the next connection may lead to another version. Thread-safe.
 */
final class JmxSession {
    private final JMXConnector connector;
    private final MBeanServerConnection connection;
    private final Map<ObjectName, MBeanInfo> infos = new ConcurrentHashMap<>();
    private int users;
    private boolean isRetired;

    JmxSession(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.connection = connector.getMBeanServerConnection();
    }

    MBeanServerConnection connection() {
        return connection;
    }

    JMXConnector connector() {
        return connector;
    }

    /** Begins to use the connection; false when it is not to be used any more. */
    synchronized boolean enter() {
        if (!isRetired) {
            users++;
        }
        return !isRetired;
    }

    /** Ends a use; returns whether the connection has to be closed. */
    synchronized boolean leave() {
        users--;
        return isRetired && users == 0;
    }

    /** Lets nobody begin to use the connection; returns whether it has to be closed, which else is up to its last user. */
    synchronized boolean retire() {
        boolean isFirst = !isRetired;
        isRetired = true;
        return isFirst && users == 0;
    }

    /** Asks the node for something small. */
    boolean isAlive() {
        try {
            connector.getConnectionId();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Tells whether the bean has an operation of this name with exactly these parameters. */
    boolean has(ObjectName bean, String operation, String... types) throws JMException, IOException {
        return Arrays.stream(info(bean).getOperations())
                .anyMatch(candidate -> candidate.getName().equals(operation)
                        && parameters(candidate).equals(List.of(types)));
    }

    boolean hasAttribute(ObjectName bean, String attribute) throws JMException, IOException {
        return Arrays.stream(info(bean).getAttributes())
                .map(MBeanFeatureInfo::getName)
                .anyMatch(attribute::equals);
    }

    Object invoke(ObjectName bean, String operation, List<?> arguments, String... types)
            throws JMException, IOException {
        return connection.invoke(bean, operation, arguments.toArray(), types);
    }

    Object attribute(ObjectName bean, String attribute) throws JMException, IOException {
        return connection.getAttribute(bean, attribute);
    }

    private MBeanInfo info(ObjectName bean)
            throws InstanceNotFoundException, IntrospectionException, ReflectionException, IOException {
        MBeanInfo known = infos.get(bean);
        if (known == null) {
            known = connection.getMBeanInfo(bean);
            infos.put(bean, known);
        }
        return known;
    }

    private static List<String> parameters(MBeanOperationInfo operation) {
        return Arrays.stream(operation.getSignature())
                .map(MBeanParameterInfo::getType)
                .toList();
    }
}
