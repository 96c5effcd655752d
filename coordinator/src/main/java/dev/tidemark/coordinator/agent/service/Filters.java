package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.timestamp.web.Credentials;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;

/** What every request passes, and every answer. */
final class Filters {
    private Filters() {}

    /** Refuses whoever does not bring the token, before anything of the request is read. */
    @PreMatching
    @Priority(Priorities.AUTHENTICATION)
    static final class Authentication implements ContainerRequestFilter {
        private final Credentials credentials;

        Authentication(Credentials credentials) {
            this.credentials = credentials;
        }

        @Override
        public void filter(ContainerRequestContext request) {
            credentials.checkToken(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        }
    }

    /** Says in every answer that it is an agent's. */
    static final class Signature implements ContainerResponseFilter {
        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            response.getHeaders().putSingle(AgentProtocol.AGENT_HEADER, String.valueOf(AgentProtocol.VERSION));
        }
    }
}
