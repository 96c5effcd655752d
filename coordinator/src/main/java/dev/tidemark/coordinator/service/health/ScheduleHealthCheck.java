package dev.tidemark.coordinator.service.health;

import com.codahale.metrics.health.HealthCheck;
import dev.tidemark.coordinator.schedule.ScheduleProblem;
import java.util.List;
import java.util.function.Supplier;

/** Unhealthy while a schedule could not do its part of the last round. */
public final class ScheduleHealthCheck extends HealthCheck {
    private final Supplier<List<ScheduleProblem>> problems;

    /** @param problems those of the last round */
    public ScheduleHealthCheck(Supplier<List<ScheduleProblem>> problems) {
        this.problems = problems;
    }

    @Override
    protected Result check() {
        List<ScheduleProblem> found = problems.get();
        if (found.isEmpty()) {
            return Result.healthy();
        }
        ScheduleProblem first = found.get(0);
        return Result.unhealthy(
                "%d problems, the first with '%s' of '%s': %s",
                found.size(), first.schedule(), first.namespace(), first.message());
    }
}
