package dev.tidemark.timestamp.postgres;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the connections of a bound store. A server that may have lost what it, or the one before it, has acknowledged is refused as long
 * as nobody has said that it may be used: it is on another timeline than the bounds, or a copy of them in another cluster. Thread-safe.
 */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final PostgresServer server;
    private final Tables tables;
    private final FailoverPolicy policy;

    /** The highest timeline that was seen: a primary that was replaced may still answer. */
    private final AtomicLong newestTimeline = new AtomicLong();

    Connections(PostgresServer server, Tables tables, FailoverPolicy policy) {
        this.server = server;
        this.tables = tables;
        this.policy = policy;
    }

    /** Opens one, and creates the tables if there are none. */
    Connection openFirst() throws SQLException {
        return open(tables::createOrCheck);
    }

    /** Opens one. */
    Connection open() throws SQLException {
        return open((connection, lineage) -> {});
    }

    private Connection open(Preparation preparation) throws SQLException {
        Connection connection = server.connect();
        try {
            Lineage found = Lineage.prepare(connection, server);
            preparation.run(connection, found);
            check(connection, found);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void check(Connection connection, Lineage found) throws SQLException {
        Lineage recorded = tables.recorded(connection);
        if (recorded.systemIdentifier() != found.systemIdentifier()) {
            throw maybeLost(
                    "its bounds were copied from the cluster with system identifier " + recorded.systemIdentifier(),
                    "system_identifier = " + found.systemIdentifier() + ", timeline = " + found.timeline());
        }
        long newest = noteTimeline(found.timeline());
        if (found.timeline() < newest) {
            throw PostgresErrors.unavailable(
                    "bound store at '" + server.describe() + "' is on timeline " + found.timeline() + ", but timeline "
                            + newest + " has begun: a primary that was replaced goes on",
                    "Stop the PostgreSQL server that was replaced.",
                    null);
        }
        if (recorded.timeline() == found.timeline()) {
            return;
        }
        if (policy == FailoverPolicy.STOP || found.timeline() < recorded.timeline()) {
            throw maybeLost(
                    "its bounds were written on timeline " + recorded.timeline()
                            + ": since then a standby was promoted or a" + " backup restored",
                    "timeline = " + found.timeline());
        }
        tables.recordTimeline(connection, recorded, found.timeline());
        LOG.warn(
                "bound store at '{}' has come from timeline {} to {}, and goes on as configured",
                server.describe(),
                recorded.timeline(),
                found.timeline());
    }

    /** Notes a timeline that has begun; returns the newest one. */
    long noteTimeline(long timeline) {
        return newestTimeline.accumulateAndGet(timeline, Math::max);
    }

    private TimestampException maybeLost(String reason, String correction) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                "bound store at '" + server.describe() + "' may have lost what was acknowledged: " + reason,
                "Make sure that no bound was lost, or raise each one above every timestamp that its clients have; then run: UPDATE "
                        + tables.name("installation") + " SET " + correction + ";");
    }

    private interface Preparation {
        void run(Connection connection, Lineage lineage) throws SQLException;
    }
}
