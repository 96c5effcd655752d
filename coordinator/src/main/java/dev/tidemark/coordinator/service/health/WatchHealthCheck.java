package dev.tidemark.coordinator.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.coordinator.service.watch.NamespaceWatch;
import java.util.List;

/** Unhealthy while nobody knows how a namespace is: what was seen of it last is too old. */
public final class WatchHealthCheck extends HealthCheck {
    private final NamespaceWatch watch;

    /** Creates the check. */
    public WatchHealthCheck(NamespaceWatch watch) {
        this.watch = watch;
    }

    @Override
    protected Result check() {
        List<String> stale = watch.namespaces().stream().filter(watch::isStale).toList();
        if (stale.isEmpty()) {
            return Result.healthy();
        }
        ResultBuilder result = Result.builder();
        stale.forEach(namespace ->
                result.withDetail(namespace, watch.failure(namespace).orElse("the archive has not answered yet")));
        return result.unhealthy()
                .withMessage("how %s are is not known any more", stale)
                .build();
    }
}
