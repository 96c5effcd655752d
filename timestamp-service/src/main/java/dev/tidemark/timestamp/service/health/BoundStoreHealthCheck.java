package dev.tidemark.timestamp.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.timestamp.oracle.OracleHost;

/** Unhealthy when the bound store can't be read, or a namespace has stopped issuing timestamps because of it. */
public final class BoundStoreHealthCheck extends HealthCheck {
    private final OracleHost host;

    /** @param host what is asked */
    public BoundStoreHealthCheck(OracleHost host) {
        this.host = host;
    }

    @Override
    protected Result check() {
        try {
            host.checkHealth();
            return Result.healthy();
        } catch (TidemarkException e) {
            return Result.unhealthy("%s: %s; HINT: %s", e.code(), e.getMessage(), e.hint());
        }
    }
}
