package dev.tidemark.coordinator.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.coordinator.service.watch.NamespaceWatch;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.StatusProblem;
import dev.tidemark.coordinator.status.StatusState;
import java.util.Map;
import java.util.TreeMap;

/**
 * Unhealthy while an objective of a namespace is missed, its next backup has not come, or an operation is stuck. A namespace that is at
 * risk is not unhealthy, nor is one that was shredded. Its details have a line for each namespace that is.
 */
public final class NamespaceHealthCheck extends HealthCheck {
    private final NamespaceWatch watch;

    /** Creates the check. */
    public NamespaceHealthCheck(NamespaceWatch watch) {
        this.watch = watch;
    }

    @Override
    protected Result check() {
        Map<String, String> red = new TreeMap<>();
        watch.seen().forEach((namespace, seen) -> {
            NamespaceStatus status = seen.status();
            if (status.state().compareTo(StatusState.LATE) >= 0) {
                StatusProblem worst = status.problems().get(0);
                red.put(namespace, worst.message());
            }
        });
        ResultBuilder result = Result.builder();
        red.forEach(result::withDetail);
        return red.isEmpty()
                ? result.healthy().build()
                : result.unhealthy()
                        .withMessage(
                                "%d of %d namespaces: %s",
                                red.size(), watch.namespaces().size(), red.keySet())
                        .build();
    }
}
