package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Waits until every node that is up has the same schema. The driver waits as well, but it asks a single node what the others have:
 * what that one knows of them lags behind, and it knows nothing at first. Here each node is asked for its own, the one among them
 * that has made a change.
 */
final class SchemaAgreement {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int MAX_ATTEMPTS = 300;

    private final CassandraSession session;

    SchemaAgreement(CassandraSession session) {
        this.session = session;
    }

    /** Waits, half a minute and the time for the questions at most; returns whether it was reached. */
    boolean await() {
        for (int attempt = 1; versions().size() > 1; attempt++) {
            if (attempt >= MAX_ATTEMPTS) {
                return false;
            }
            session.retries().pause(PAUSE);
        }
        return true;
    }

    private Set<UUID> versions() {
        Set<UUID> versions = new HashSet<>();
        for (Node node : session.metadata().getNodes().values()) {
            if (node.getState() == NodeState.UP) {
                versions.add(session.execute(
                                "read the schema's version of node '" + NodeIds.nameOf(node) + "'",
                                SimpleStatement.newInstance("SELECT schema_version FROM system.local")
                                        .setNode(node))
                        .one()
                        .getUuid(0));
            }
        }
        return versions;
    }
}
