package dev.tidemark.coordinator.service.leading;

import java.util.List;

/**
 * An instance that may lead.
 *
 * @param instance id, another one at each start
 * @param host where it runs, for people to read
 * @param address where it is asked; empty when its configuration does not say
 * @param namespaces what it would lead, ordered
 */
public record Candidate(String instance, String host, String address, List<String> namespaces) {
    /** Copies the list. */
    public Candidate {
        namespaces = List.copyOf(namespaces);
    }
}
