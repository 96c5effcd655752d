package dev.tidemark.timestamp.service;

import io.dropwizard.util.Duration;
import java.net.URI;

/**
 * The section {@code leader} of the timestamp service's configuration, for a store that several servers have open. A null stands
 * for the default.
 *
 * @param address where clients and other servers reach this one, base path included, such as {@code https://a.example:8421/timelock/api};
 *     without it the others can't send clients here
 * @param lease how long a leader may issue without a renewal, 100 ms..1 h; default 2 s; the time for which nobody issues after a
 *     leader has died
 * @param strict whether each answer waits until the store has confirmed who leads, whatever the clocks say; default no
 */
public record LeadershipSettings(URI address, Duration lease, Boolean strict) {
    /** The defaults. */
    static final LeadershipSettings DEFAULT = new LeadershipSettings(null, null, null);

    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public LeadershipSettings {
        lease = lease == null ? Duration.seconds(2) : lease;
        strict = strict != null && strict;
        if (lease.toMilliseconds() < 100 || lease.toHours() > 1) {
            throw new IllegalArgumentException("lease: " + lease + " (expected: 100 ms..1 h)");
        }
        if (address != null && (!address.isAbsolute() || address.getHost() == null || address.getQuery() != null)) {
            throw new IllegalArgumentException(
                    "address: '" + address + "' (expected: one such as https://a.example:8421/timelock/api)");
        }
    }

    /** Returns the address as it stands in the leader's record. */
    String addressText() {
        String text = address == null ? "" : address.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
