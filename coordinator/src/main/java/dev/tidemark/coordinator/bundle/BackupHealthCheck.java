package dev.tidemark.coordinator.bundle;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.coordinator.service.view.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Is red when a namespace can't be looked at, has no backup, or has damaged ones. */
final class BackupHealthCheck extends HealthCheck {
    private final Views views;
    private final Set<String> namespaces;

    BackupHealthCheck(Views views, Set<String> namespaces) {
        this.views = views;
        this.namespaces = Set.copyOf(namespaces);
    }

    @Override
    protected Result check() {
        List<String> problems = new ArrayList<>();
        for (NamespaceView view : views.namespaces(namespaces::contains)) {
            if (view.problem() != null) {
                problems.add("'" + view.namespace() + "': " + view.problem());
            } else if (view.backups() == 0) {
                problems.add("'" + view.namespace() + "' has no backup");
            } else if (!view.damagedManifests().isEmpty()) {
                problems.add("'" + view.namespace() + "' has damaged backups: " + view.damagedManifests());
            }
        }
        return problems.isEmpty()
                ? Result.healthy()
                : Result.builder()
                        .unhealthy()
                        .withMessage(String.join("; ", problems))
                        .build();
    }
}
