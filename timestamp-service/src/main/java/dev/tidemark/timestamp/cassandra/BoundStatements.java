package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundErrors;
import java.util.List;

/**
 * Sends statements to the tables of the bounds, each once. Thread-safe.
 *
 * <p>Levels: a change is agreed on by a quorum of the replicas of all data centers (SERIAL) and then written to one (QUORUM); a
 * serial read ends what is under way, and sees every change that was acknowledged, in whatever data center. LOCAL_SERIAL and
 * LOCAL_QUORUM when the settings say so. EACH_QUORUM would add nothing, since nobody reads at LOCAL_QUORUM where SERIAL is used, and
 * would stop the oracle when any data center is lost.
 */
final class BoundStatements {
    private final CassandraSession session;
    private final String keyspace;
    private final ConsistencyLevel serial;
    private final ConsistencyLevel quorum;

    BoundStatements(CassandraSession session, CassandraBoundSettings settings) {
        this.session = session;
        this.keyspace = '"' + settings.keyspace() + '"';
        this.serial = settings.isSerialLocal() ? ConsistencyLevel.LOCAL_SERIAL : ConsistencyLevel.SERIAL;
        this.quorum = settings.isSerialLocal() ? ConsistencyLevel.LOCAL_QUORUM : ConsistencyLevel.QUORUM;
    }

    /**
     * Sends a lightweight transaction.
     *
     * @param cql with {@code %s} before the name of each table
     * @return its answer
     * @throws TimestampException {@link ErrorCode#ORACLE_UNAVAILABLE} when it may have been carried out or not, or will be
     */
    ConditionalAnswer change(String what, String cql, Object... values) {
        return change(serial, what, cql, values);
    }

    /** Sends a lightweight transaction on which the replicas of all data centers agree, whatever the settings say. */
    ConditionalAnswer changeEverywhere(String what, String cql, Object... values) {
        return change(ConsistencyLevel.SERIAL, what, cql, values);
    }

    private ConditionalAnswer change(ConsistencyLevel level, String what, String cql, Object... values) {
        return ConditionalAnswer.of(what, send(what, lightweight(level, what, cql, values)));
    }

    /** Reads serially. */
    List<Row> readSerially(String what, String cql, Object... values) {
        return send(what, serial(what, cql, values));
    }

    /** Reads or writes what no decision depends on. */
    List<Row> plainly(String what, String cql, Object... values) {
        return send(what, plain(what, cql, values));
    }

    /** The driver would send an idempotent one to another node when the first one is lost. */
    BoundStatement lightweight(ConsistencyLevel level, String what, String cql, Object... values) {
        return bind(what, cql, values)
                .setSerialConsistencyLevel(level)
                .setConsistencyLevel(quorum)
                .setIdempotent(false);
    }

    BoundStatement serial(String what, String cql, Object... values) {
        return bind(what, cql, values).setConsistencyLevel(serial).setIdempotent(true);
    }

    BoundStatement plain(String what, String cql, Object... values) {
        return bind(what, cql, values).setConsistencyLevel(quorum).setIdempotent(true);
    }

    ConsistencyLevel serialLevel() {
        return serial;
    }

    private BoundStatement bind(String what, String cql, Object... values) {
        try {
            return session.prepare(what, cql.replace("%s", keyspace + ".")).bind(values);
        } catch (KeyValueStoreException e) {
            throw CassandraFailures.ofRequest(e);
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    private List<Row> send(String what, BoundStatement statement) {
        try {
            return session.execute(what, statement).all();
        } catch (KeyValueStoreException e) {
            throw CassandraFailures.ofRequest(e);
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    /** The driver refuses what is sent over a session that was closed in between. */
    private static TimestampException closed(IllegalStateException e) {
        TimestampException closed = BoundErrors.closed();
        closed.initCause(e);
        return closed;
    }
}
