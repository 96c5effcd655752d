package dev.tidemark.coordinator.agent.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.coordinator.agent.node.NodeConfiguration;
import dev.tidemark.coordinator.config.ArchiveConfiguration;
import dev.tidemark.timestamp.web.WebServer;
import io.dropwizard.core.Configuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;

/** The configuration file of an agent: sections {@code agent}, {@code node} and {@code archive}, and Dropwizard's own sections. */
public final class AgentConfiguration extends Configuration {
    /** Where an agent listens when its configuration does not say. */
    static final int DEFAULT_PORT = 8430;

    private static final int DEFAULT_ADMIN_PORT = 8431;

    @Valid
    @NotNull
    private final AgentSettings agent;

    @Valid
    @NotNull
    private final NodeConfiguration node;

    @Valid
    @NotNull
    private final ArchiveConfiguration archive;

    /** Creates a configuration that listens on the loopback address, with Dropwizard's defaults for the rest. */
    @JsonCreator
    public AgentConfiguration(
            @JsonProperty("agent") AgentSettings agent,
            @JsonProperty("node") NodeConfiguration node,
            @JsonProperty("archive") ArchiveConfiguration archive) {
        this.agent = agent;
        this.node = node;
        this.archive = archive;
        setServerFactory(WebServer.onLoopback(DEFAULT_PORT, DEFAULT_ADMIN_PORT));
    }

    /** Returns the section {@code agent}. */
    @JsonProperty("agent")
    public AgentSettings agent() {
        return agent;
    }

    /** Returns the section {@code node}. */
    @JsonProperty("node")
    public NodeConfiguration node() {
        return node;
    }

    /** Returns the section {@code archive}. */
    @JsonProperty("archive")
    public ArchiveConfiguration archive() {
        return archive;
    }
}
