package dev.tidemark.timestamp.service;

import io.dropwizard.util.Duration;

/**
 * The section {@code hotPath} of the timestamp service's configuration: the short way to fresh timestamps. A null stands for the
 * default.
 *
 * @param enabled whether requests for fresh timestamps are answered before they reach the web framework; default yes
 * @param warmUp how long the service may take at its start to make the short way fast, before it opens its store and its port,
 *     0..1 min; default 2 s, 0 for not at all
 */
public record HotPathSettings(Boolean enabled, Duration warmUp) {
    /** The defaults. */
    static final HotPathSettings DEFAULT = new HotPathSettings(null, null);

    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public HotPathSettings {
        enabled = enabled == null || enabled;
        warmUp = warmUp == null ? Duration.seconds(2) : warmUp;
        if (warmUp.toMilliseconds() < 0 || warmUp.toMilliseconds() > 60_000) {
            throw new IllegalArgumentException("warmUp: " + warmUp + " (expected: 0..1 min)");
        }
    }

    /** Returns these settings without the warm-up, for a service that lives shortly. */
    public HotPathSettings cold() {
        return new HotPathSettings(enabled, Duration.seconds(0));
    }
}
