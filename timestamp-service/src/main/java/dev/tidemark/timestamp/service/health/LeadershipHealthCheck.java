package dev.tidemark.timestamp.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.timestamp.oracle.LeadershipView;
import dev.tidemark.timestamp.oracle.OracleHost;

/** Unhealthy when this server neither leads nor knows a leader that renews its lease: it can't serve, nor say who does. */
public final class LeadershipHealthCheck extends HealthCheck {
    private final OracleHost host;

    /** @param host what is asked */
    public LeadershipHealthCheck(OracleHost host) {
        this.host = host;
    }

    @Override
    protected Result check() {
        LeadershipView view = host.leadership();
        return switch (view.state()) {
            case SOLE -> Result.healthy("this server has the store for itself");
            case LEADING -> Result.healthy("this server leads in epoch %d", view.epoch());
            case FOLLOWING ->
                Result.healthy(
                        "server '%s' leads in epoch %d",
                        view.leader().address().isEmpty()
                                ? view.leader().id()
                                : view.leader().address(),
                        view.epoch());
            case LEASE_EXPIRED ->
                Result.unhealthy(
                        "the lease of epoch %d has run out %d ms ago; HINT: Look after the bound store, which does not"
                                + " take renewals.",
                        view.epoch(), -view.leaseLeft().toMillis());
            case NOBODY_LEADS ->
                Result.unhealthy(
                        "nobody is known to lead; HINT: Wait for an election, which takes two leases at most; then look"
                                + " after the bound store.");
        };
    }
}
