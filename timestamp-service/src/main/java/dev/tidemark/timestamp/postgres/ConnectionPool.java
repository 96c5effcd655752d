package dev.tidemark.timestamp.postgres;

import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded number of connections, opened when they are needed. When one breaks, the others that are idle are closed too: what ended
 * one has mostly ended all, and a change on a connection that has ended has an outcome that is not known. Thread-safe.
 */
final class ConnectionPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final PostgresServer server;
    private final Opener opener;
    private final Semaphore permits;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean isClosed;

    /** Opens a connection that may be used. */
    interface Opener {
        Connection open() throws SQLException;
    }

    /** What is done on a connection; it is not kept. */
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    ConnectionPool(PostgresServer server, Opener opener, int maxConnections) {
        this.server = server;
        this.opener = opener;
        this.permits = new Semaphore(maxConnections, true);
    }

    /** Does what changes nothing; does it once more when the connection turns out to have ended. */
    <T> T read(Work<T> work) {
        try {
            return use(work);
        } catch (SQLException e) {
            if (!PostgresErrors.isBroken(e)) {
                throw PostgresErrors.translate(server, e);
            }
            return change(work);
        }
    }

    /**
     * Does what changes something, once.
     *
     * @throws TimestampException when it was not acknowledged; unless its code says more, the outcome is not known
     */
    <T> T change(Work<T> work) {
        try {
            return use(work);
        } catch (SQLException e) {
            throw PostgresErrors.translate(server, e);
        }
    }

    private <T> T use(Work<T> work) throws SQLException {
        acquire();
        try {
            Connection connection = take();
            boolean isUsable = false;
            try {
                T result = work.run(connection);
                isUsable = true;
                return result;
            } catch (SQLException e) {
                isUsable = !PostgresErrors.isBroken(e) && !connection.isClosed();
                if (!isUsable) {
                    closeAll(idleOnes());
                }
                throw e;
            } finally {
                if (!isUsable || !giveBack(connection)) {
                    closeAll(List.of(connection));
                }
            }
        } finally {
            permits.release();
        }
    }

    private void acquire() {
        try {
            if (permits.tryAcquire(server.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PostgresErrors.unavailable(
                    "interrupted while waiting for a connection to the bound store", "Send the request again.", e);
        }
        throw PostgresErrors.unavailable(
                "every connection to the bound store at '" + server.describe() + "' was busy for "
                        + server.timeout().toMillis() + " ms",
                "Look after the PostgreSQL server, which takes so long.",
                null);
    }

    private Connection take() throws SQLException {
        synchronized (idle) {
            if (isClosed) {
                throw BoundErrors.closed();
            }
            Connection connection = idle.pollLast();
            if (connection != null) {
                return connection;
            }
        }
        return opener.open();
    }

    private boolean giveBack(Connection connection) {
        synchronized (idle) {
            if (!isClosed) {
                idle.addLast(connection);
            }
            return !isClosed;
        }
    }

    private List<Connection> idleOnes() {
        synchronized (idle) {
            List<Connection> removed = new ArrayList<>(idle);
            idle.clear();
            return removed;
        }
    }

    /** Closes the connections that are idle, and each of the others when it is given back. */
    @Override
    public void close() {
        synchronized (idle) {
            isClosed = true;
        }
        closeAll(idleOnes());
    }

    private static void closeAll(List<Connection> connections) {
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("a connection to the bound store could not be closed: {}", e.toString());
            }
        }
    }
}
