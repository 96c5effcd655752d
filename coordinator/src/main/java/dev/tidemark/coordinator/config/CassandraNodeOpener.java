package dev.tidemark.coordinator.config;

import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cassandra.node.CassandraNodeOptions;
import dev.tidemark.kvs.time.Sleeper;
import java.util.function.UnaryOperator;

/**
 * Opens nodes of this machine for one keyspace, and the one CQL session that they share for aborting transactions, which is opened when
 * the first of them has to. Thread-safe.
 */
public final class CassandraNodeOpener implements AutoCloseable {
    private final String keyspace;
    private final CassandraAccess cql;
    private final SecretReader secrets;
    private final Sleeper sleeper;
    private CassandraSession session;

    /**
     * Creates an opener; reaches nobody yet.
     *
     * @param environment value of an environment variable, null when it is not set
     */
    public CassandraNodeOpener(
            String keyspace, CassandraAccess cql, UnaryOperator<String> environment, Sleeper sleeper) {
        this.keyspace = keyspace;
        this.cql = cql;
        this.secrets = new SecretReader(environment);
        this.sleeper = sleeper;
    }

    /** Opens a node, which may be down; see {@link CassandraNode#open}. */
    public CassandraNode open(CassandraLocalNode node) {
        CassandraNodeOptions options =
                CassandraNodeOptions.of(keyspace, node.jmxOptions(secrets), node.dataDirectories());
        if (node.stateDirectory() != null) {
            options = options.withStateDirectory(node.stateDirectory());
        }
        if (node.stagingDirectory() != null) {
            options = options.withStagingDirectory(node.stagingDirectory());
        }
        return CassandraNode.open(
                options,
                (schemas, seen) -> CassandraTransactionTable.ofAllReplicas(session(), keyspace, schemas)
                        .abortAll(seen),
                sleeper);
    }

    /** Returns how the cluster is reached; reads passwords. */
    CqlSettings settings() {
        return cql.settings(secrets);
    }

    private synchronized CassandraSession session() {
        if (session == null) {
            session = CassandraSession.open(settings(), sleeper);
        }
        return session;
    }

    /** Closes the session; the nodes are closed by whoever has opened them. */
    @Override
    public synchronized void close() {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
