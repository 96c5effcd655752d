package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.leading.LeaderView;
import dev.tidemark.coordinator.service.leading.Leadership;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;

/** Refuses what is {@link LeaderOnly} in an instance that does not lead; after the caller's rights were looked at. */
@LeaderOnly
@Priority(Priorities.AUTHORIZATION + 1)
public final class LeaderFilter implements ContainerRequestFilter {
    private static final String RETRY_SECONDS = "2";

    private final Leadership leadership;

    /** Creates the filter. */
    public LeaderFilter(Leadership leadership) {
        this.leadership = leadership;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (leadership.isReady()) {
            return;
        }
        LeaderView.Leader leader = leadership.view().leader();
        String address = leader == null ? "" : leader.address();
        String who = leader == null ? "none leads at the moment" : "the one on " + leader.host() + " does";
        ProblemException refusal = new ProblemException(
                        ErrorCode.NOT_LEADER,
                        "this instance does not lead: " + who,
                        address.isEmpty()
                                ? "Ask another instance, or ask again in a few seconds."
                                : "Ask " + address + ", or ask again in a few seconds.")
                .withHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        throw address.isEmpty() ? refusal : refusal.withMember("leader", address);
    }
}
