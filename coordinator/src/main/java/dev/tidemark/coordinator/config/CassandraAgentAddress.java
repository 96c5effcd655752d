package dev.tidemark.coordinator.config;

import java.net.URI;

/**
 * An agent beside a node.
 *
 * @param url where it listens
 * @param token what it asks for, or null
 */
public record CassandraAgentAddress(URI url, TokenConfiguration token) {
    /** Checks that the address is there. */
    public CassandraAgentAddress {
        Required.present("url", url);
    }
}
