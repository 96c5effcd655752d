package dev.tidemark.coordinator.agent.service;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.kvs.TidemarkException;

/** Unhealthy when something that the agent needs does not answer. */
final class AgentHealthCheck extends HealthCheck {
    private final Runnable question;

    AgentHealthCheck(Runnable question) {
        this.question = question;
    }

    @Override
    protected Result check() {
        try {
            question.run();
            return Result.healthy();
        } catch (TidemarkException e) {
            return Result.unhealthy("%s: %s; HINT: %s", e.code(), e.getMessage(), e.hint());
        }
    }
}
