package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many copies of each row a keyspace has.
 *
 * @param perDatacenter copies by data center; empty when they are placed without regard to data centers
 * @param anywhere copies when they are; 0 otherwise
 */
record Replication(SortedMap<String, Integer> perDatacenter, int anywhere) {
    private static final String CLASS = "class";

    /**
     * Reads the options of a keyspace.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} for a strategy that is not known
     */
    static Replication of(String keyspace, Map<String, String> options) {
        String strategy = options.getOrDefault(CLASS, "");
        try {
            if (strategy.endsWith("SimpleStrategy")) {
                return new Replication(new TreeMap<>(), Integer.parseInt(options.get("replication_factor")));
            }
            if (strategy.endsWith("NetworkTopologyStrategy")) {
                SortedMap<String, Integer> factors = new TreeMap<>();
                options.forEach((name, value) -> {
                    if (!name.equals(CLASS) && Integer.parseInt(value) > 0) {
                        factors.put(name, Integer.parseInt(value));
                    }
                });
                if (!factors.isEmpty()) {
                    return new Replication(factors, 0);
                }
            }
        } catch (NumberFormatException e) {
            throw unsupported(keyspace, options, e);
        }
        throw unsupported(keyspace, options, null);
    }

    private static KeyValueStoreException unsupported(String keyspace, Map<String, String> options, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNSUPPORTED,
                "the replication of keyspace '" + keyspace + "' is " + options
                        + " (expected: SimpleStrategy or NetworkTopologyStrategy with whole numbers of copies)",
                "Replicate the keyspace with one of these strategies.",
                cause);
    }

    /** Returns the number of copies in all data centers. */
    int factor() {
        return anywhere
                + perDatacenter.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns how many copies a write waits for: more than half of each data center's. */
    int writeQuorum() {
        return perDatacenter.isEmpty()
                ? anywhere / 2 + 1
                : perDatacenter.values().stream()
                        .mapToInt(factor -> factor / 2 + 1)
                        .sum();
    }
}
