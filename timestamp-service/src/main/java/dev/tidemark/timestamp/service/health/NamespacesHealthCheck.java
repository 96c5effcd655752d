package dev.tidemark.timestamp.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.timestamp.oracle.NamespaceView;
import dev.tidemark.timestamp.oracle.OracleHost;
import java.util.List;
import java.util.stream.Collectors;

/** Unhealthy when a namespace has stopped issuing timestamps; names each of them, ten at most. */
public final class NamespacesHealthCheck extends HealthCheck {
    private static final int MAX_NAMED = 10;

    private final OracleHost host;

    /** @param host what is asked */
    public NamespacesHealthCheck(OracleHost host) {
        this.host = host;
    }

    @Override
    protected Result check() {
        List<NamespaceView> stopped =
                host.views(1).stream().filter(NamespaceView::isStopped).toList();
        if (stopped.isEmpty()) {
            return Result.healthy();
        }
        String named =
                stopped.stream().limit(MAX_NAMED).map(NamespaceView::failure).collect(Collectors.joining("; "));
        return Result.unhealthy(
                "%d namespaces issue no timestamps: %s; HINT: Mend what the message names and restart this server.",
                stopped.size(), named);
    }
}
