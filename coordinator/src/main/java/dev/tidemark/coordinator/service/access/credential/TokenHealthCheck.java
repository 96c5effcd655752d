package dev.tidemark.coordinator.service.access.credential;

import com.codahale.metrics.health.HealthCheck;

/** Unhealthy while the token file, as it is, can't be used. */
public final class TokenHealthCheck extends HealthCheck {
    private final Tokens tokens;

    /** Creates the check. */
    public TokenHealthCheck(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    protected Result check() {
        String problem = tokens.problem();
        return problem.isEmpty()
                ? Result.healthy()
                : Result.unhealthy("the tokens that were read last stay valid: %s", problem);
    }
}
