package dev.tidemark.timestamp.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.util.Map;
import java.util.Optional;

/** How many copies of the bounds there have to be. */
final class BoundReplication {
    /** Name of the strategy that places copies by data center. */
    static final String PER_DATACENTER = "NetworkTopologyStrategy";

    private static final String CLASS = "class";

    private BoundReplication() {}

    /**
     * Checks the replication of a keyspace: placed by data center, with two copies or more where changes are agreed on.
     *
     * @param options as the cluster has them
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION}
     */
    static void require(CassandraBoundSettings settings, Map<String, String> options) {
        boolean isPerDatacenter = options.getOrDefault(CLASS, "").endsWith(PER_DATACENTER);
        int copies = copies(settings, options).orElse(0);
        if (copies < 1 || (settings.isSerialLocal() && !isPerDatacenter)) {
            throw invalid(
                    settings,
                    options,
                    settings.isSerialLocal()
                            ? "copies in data center '" + settings.serialDatacenter() + "'"
                            : PER_DATACENTER + " with whole numbers of copies",
                    "Change the replication of the keyspace and repair it.");
        }
        if ((copies < 2 || !isPerDatacenter) && !settings.allowsSingleReplica()) {
            throw invalid(
                    settings,
                    options,
                    PER_DATACENTER + " with 3 copies or more in each data center",
                    "Change the replication of the keyspace and repair it, or set 'allowSingleReplica' for a trial: when the only "
                            + "copy is lost, so is the bound.");
        }
    }

    /** Returns how many copies agree on a change; empty when the options do not say. */
    private static Optional<Integer> copies(CassandraBoundSettings settings, Map<String, String> options) {
        try {
            int copies = 0;
            for (Map.Entry<String, String> option : options.entrySet()) {
                boolean counts = settings.isSerialLocal()
                        ? option.getKey().equals(settings.serialDatacenter())
                        : !option.getKey().equals(CLASS);
                copies += counts ? Integer.parseInt(option.getValue()) : 0;
            }
            return Optional.of(copies);
        } catch (NumberFormatException e) {
            return Optional.empty(); // transient copies, say, which take no part in lightweight transactions
        }
    }

    private static TimestampException invalid(
            CassandraBoundSettings settings, Map<String, String> options, String expected, String hint) {
        return new TimestampException(
                ErrorCode.INVALID_CONFIGURATION,
                "the replication of keyspace '" + settings.keyspace() + "' is " + options + " (expected: " + expected
                        + ")",
                hint);
    }
}
