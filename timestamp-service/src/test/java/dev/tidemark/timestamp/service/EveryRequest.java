package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.web.Right;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A request in good order to one of the service's paths; {@code NS} stands for the namespace.
 *
 * @param needed the rights of which one is enough
 */
record EveryRequest(String method, String path, String body, Set<Right> needed) {
    private static final String ID = "\"00000000-0000-0001-0000-000000000002\"";
    private static final String LEASE = "{\"requestId\":" + ID + "}";
    private static final String START = "{\"requestId\":" + ID + ",\"requestorId\":" + ID + "}";
    private static final String STARTS = "{\"requestId\":" + ID + ",\"requestorId\":" + ID + ",\"numTransactions\":2}";
    private static final String DISABLE = "{\"namespaces\":[\"orders\"],\"lockId\":\"r-1\"}";

    /** Returns one for each path of the service. */
    static List<EveryRequest> all() {
        return List.of(
                client("/NS/timestamp/fresh-timestamp", ""),
                client("/NS/timestamp/fresh-timestamps?number=2", ""),
                client("/NS/timelock/fresh-timestamp", ""),
                client("/NS/timelock/fresh-timestamps?number=2", ""),
                client("/NS/timelock/immutable-timestamp", ""),
                client("/NS/timelock/lock-immutable-timestamp", LEASE),
                client("/NS/timelock/refresh-locks", "[" + LEASE + "]"),
                client("/NS/timelock/refresh-locks-v2", "[" + LEASE + "]"),
                client("/NS/timelock/unlock", "[" + LEASE + "]"),
                client("/NS/timelock/start-atlasdb-transaction", LEASE),
                client("/NS/timelock/start-identified-atlasdb-transaction", START),
                client("/NS/timelock/start-atlasdb-transaction-v3", START),
                client("/NS/timelock/start-atlasdb-transaction-v4", STARTS),
                client("/NS/timelock/current-time-millis", ""),
                new EveryRequest("GET", "/NS/timelock/leader-time", "", EnumSet.of(Right.CLIENT, Right.BACKUP)),
                new EveryRequest("GET", "/NS/timestamp-management/ping", "", EnumSet.allOf(Right.class)),
                management("POST", "/NS/timestamp-management/fast-forward?currentTimestamp=5", ""),
                client("/tl/ts1/NS", ""),
                client("/tl/ts/NS", "{\"numTimestamps\":2}"),
                client("/tl/t2/NS", "2"),
                client("/tl/rl/NS", "{\"tokens\":[" + LEASE + "]}"),
                client("/tl/rl2/NS", "[" + ID + "]"),
                client("/tl/ul/NS", "{\"tokens\":[" + LEASE + "]}"),
                client("/tl/ul2/NS", "[" + ID + "]"),
                client("/tl/st/NS", STARTS),
                client("/tl/gct/NS", "{\"numTimestamps\":2}"),
                client("/tl/g1ct/NS", "{}"),
                client("/tl/lt/NS", ""),
                client("/tl/multi/lts", "[\"orders\"]"),
                client("/tl/multi/sts", "{\"orders\":" + STARTS + "}"),
                client("/tl/multi/stsfc", "{\"orders\":" + STARTS + "}"),
                client("/tl/multi/gcts", "{\"orders\":{\"numTimestamps\":2}}"),
                client("/tl/multi/gctsfc", "{\"orders\":{\"numTimestamps\":2}}"),
                client("/tl/multi/ul", "{\"orders\":[" + ID + "]}"),
                client("/lw/sw/NS", "{\"references\":[]}"),
                new EveryRequest("POST", "/tl/management/getNamespaces", "", EnumSet.allOf(Right.class)),
                new EveryRequest("POST", "/tl/management/getActiveNamespaces", "", EnumSet.allOf(Right.class)),
                new EveryRequest("POST", "/tl/management/getServerLifecycleId", "", EnumSet.allOf(Right.class)),
                management("POST", "/tl/management/fastForward?namespace=NS&currentTimestamp=5", ""),
                management("POST", "/tl/management/disable", DISABLE),
                management("POST", "/tl/management/reenable", DISABLE),
                new EveryRequest("GET", "/tidemark/v1/NS", "", EnumSet.allOf(Right.class)),
                new EveryRequest("GET", "/tidemark/v1/NS/health", "", EnumSet.allOf(Right.class)),
                management("PUT", "/tidemark/v1/NS", ""),
                client("/tidemark/v1/NS/unlock", "{\"unlockId\":" + ID + ",\"tokens\":[" + LEASE + "]}"),
                new EveryRequest(
                        "POST", "/tidemark/v1/NS/settled", "{\"commitTimestamp\":5}", EnumSet.of(Right.BACKUP)),
                new EveryRequest("GET", "/tidemark/v1/NS/time-index", "", EnumSet.of(Right.BACKUP)),
                client("/tidemark/v1/NS/commit-timestamp", LEASE),
                management("PUT", "/tidemark/v1/NS/fence?fenceId=r-1", ""),
                management("DELETE", "/tidemark/v1/NS/fence?fenceId=r-1", ""));
    }

    /** Tells whether a server answers that does not lead: it speaks of itself. */
    boolean isAnsweredByAll() {
        return path.endsWith("getServerLifecycleId");
    }

    /** Tells whether the path demands no token unless it has to be one. */
    boolean isLegacy() {
        return path.startsWith("/NS/");
    }

    private static EveryRequest client(String path, String body) {
        return new EveryRequest("POST", path, body, EnumSet.of(Right.CLIENT, Right.BACKUP));
    }

    private static EveryRequest management(String method, String path, String body) {
        return new EveryRequest(method, path, body, EnumSet.of(Right.MANAGEMENT));
    }
}
