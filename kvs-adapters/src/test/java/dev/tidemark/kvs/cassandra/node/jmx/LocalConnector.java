package dev.tidemark.kvs.cassandra.node.jmx;

import java.io.IOException;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.management.ListenerNotFoundException;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationFilter;
import javax.management.NotificationListener;
import javax.management.remote.JMXConnector;
import javax.security.auth.Subject;

/** A connection to MBeans of this process. */
final class LocalConnector implements JMXConnector {
    private final MBeanServer server;
    private final BooleanSupplier isUp;
    private final NotificationBroadcasterSupport ofConnection = new NotificationBroadcasterSupport();

    LocalConnector(MBeanServer server, BooleanSupplier isUp) {
        this.server = server;
        this.isUp = isUp;
    }

    @Override
    public void connect() {}

    @Override
    public void connect(Map<String, ?> environment) {}

    @Override
    public MBeanServerConnection getMBeanServerConnection() {
        return server;
    }

    @Override
    public MBeanServerConnection getMBeanServerConnection(Subject delegate) {
        return server;
    }

    @Override
    public void close() {}

    @Override
    public void addConnectionNotificationListener(
            NotificationListener listener, NotificationFilter filter, Object handback) {
        ofConnection.addNotificationListener(listener, filter, handback);
    }

    @Override
    public void removeConnectionNotificationListener(NotificationListener listener) throws ListenerNotFoundException {
        ofConnection.removeNotificationListener(listener);
    }

    @Override
    public void removeConnectionNotificationListener(
            NotificationListener listener, NotificationFilter filter, Object handback)
            throws ListenerNotFoundException {
        ofConnection.removeNotificationListener(listener, filter, handback);
    }

    void tell(javax.management.Notification notification) {
        ofConnection.sendNotification(notification);
    }

    @Override
    public String getConnectionId() throws IOException {
        if (!isUp.getAsBoolean()) {
            throw new IOException("node is down");
        }
        return "local";
    }
}
