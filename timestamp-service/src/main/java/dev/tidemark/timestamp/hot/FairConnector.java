package dev.tidemark.timestamp.hot;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.ThreadPool;

/** Accepts connections that are served in turn; see {@link FairEndPoint}. For plain HTTP/1.1. */
final class FairConnector extends ServerConnector {
    /** Creates a connector with one thread that reads. */
    FairConnector(Server server) {
        super(server, 1, 1);
    }

    private FairConnector(Server server, ThreadPool pool, ServerConnector model) {
        super(
                server,
                pool,
                model.getScheduler(),
                model.getByteBufferPool(),
                model.getAcceptors(),
                model.getSelectorManager().getSelectorCount(),
                model.getConnectionFactories().toArray(ConnectionFactory[]::new));
    }

    /**
     * Creates a connector with the settings of another one, which is not started and is not used any more.
     *
     * @param pool its threads; null for those of the server
     */
    static FairConnector like(ServerConnector model, Server server, ThreadPool pool) {
        FairConnector connector = new FairConnector(server, pool, model);
        connector.setName(model.getName());
        connector.setHost(model.getHost());
        connector.setPort(model.getPort());
        connector.setInheritChannel(model.isInheritChannel());
        connector.setAcceptQueueSize(model.getAcceptQueueSize());
        connector.setReuseAddress(model.getReuseAddress());
        connector.setIdleTimeout(model.getIdleTimeout());
        connector.setShutdownIdleTimeout(model.getShutdownIdleTimeout());
        return connector;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        FairEndPoint endPoint = new FairEndPoint(channel, selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
