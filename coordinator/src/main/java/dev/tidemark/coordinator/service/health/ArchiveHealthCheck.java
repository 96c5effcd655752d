package dev.tidemark.coordinator.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.coordinator.service.watch.NamespaceWatch;

/** Unhealthy while the archive does not answer, or nobody knows whether it does. */
public final class ArchiveHealthCheck extends HealthCheck {
    private final NamespaceWatch watch;

    /** Creates the check. */
    public ArchiveHealthCheck(NamespaceWatch watch) {
        this.watch = watch;
    }

    @Override
    protected Result check() {
        if (watch.isArchiveAnswerStale()) {
            return Result.unhealthy(
                    "the archive has not answered for %d s",
                    watch.archiveAnswerAge().toSeconds());
        }
        return watch.archiveFailure().map(Result::unhealthy).orElse(Result.healthy());
    }
}
