package dev.tidemark.coordinator.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.coordinator.service.watch.OracleWatch;

/** Unhealthy while the oracle was asked and has not answered. */
public final class OracleHealthCheck extends HealthCheck {
    private final OracleWatch watch;

    /** Creates the check. */
    public OracleHealthCheck(OracleWatch watch) {
        this.watch = watch;
    }

    @Override
    protected Result check() {
        OracleWatch.Seen seen = watch.seen();
        return seen.state() == OracleWatch.State.SILENT ? Result.unhealthy(seen.failure()) : Result.healthy();
    }
}
