package dev.tidemark.timestamp.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * How a server is. A server of a later version may say more.
 *
 * @param server itself
 * @param leadership who leads
 * @param store where the bounds are
 * @param namespaces those that exist, by name; empty when it does not lead
 * @param problem what keeps it from reading its store, or null
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record OracleStatus(
        Server server, Leadership leadership, Store store, List<Namespace> namespaces, String problem) {
    /** Makes the list immutable; missing means none. */
    public OracleStatus {
        namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
    }

    /**
     * A server.
     *
     * @param id of the process, another one after each start
     * @param address where clients reach it; empty when it does not say
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Server(String id, String address) {}

    /**
     * Who leads, as the server sees it.
     *
     * @param state {@code sole}, {@code leading}, {@code lease-expired}, {@code following} or {@code nobody-leads}
     * @param leading whether it issues timestamps as far as leadership goes
     * @param epoch of its term or of the leader's; 0 when nobody is elected
     * @param leader who leads, or null when it knows of nobody
     * @param leaseMillis how long a leader may issue without a renewal; 0 when nobody is elected
     * @param leaseLeftMillis what is left of its own lease; 0 when it has none
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Leadership(
            String state, boolean leading, long epoch, Server leader, long leaseMillis, long leaseLeftMillis) {}

    /**
     * Where bounds are.
     *
     * @param type as in the configuration
     * @param description for people, without secrets
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Store(String type, String description) {}

    /**
     * A namespace.
     *
     * @param bound the persisted limit
     * @param lastTimestamp the last timestamp that was issued; null when it was not used since the server leads, as are the next two
     * @param immutableTimestamp what the oldest lease holds, or the last timestamp
     * @param leases how many are alive
     * @param oldestLease the one that holds the immutable timestamp, or null
     * @param fenceId of the fence that is up, or null
     * @param failure why nothing is issued any more, or null
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Namespace(
            String namespace,
            long bound,
            Long lastTimestamp,
            Long immutableTimestamp,
            Integer leases,
            Lease oldestLease,
            String fenceId,
            String failure) {}

    /**
     * A lease.
     *
     * @param id what its holder has named it: the request's id
     * @param ageMillis how long ago it was granted
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Lease(String id, long timestamp, long ageMillis) {}
}
