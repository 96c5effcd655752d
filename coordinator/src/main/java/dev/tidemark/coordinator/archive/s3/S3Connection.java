package dev.tidemark.coordinator.archive.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a store is reached.
 *
 * @param endpoint its address; null for that of AWS in the region
 * @param region empty for that of the environment
 * @param addressing where the name of the bucket stands
 * @param credentials whose requests they are
 * @param proxy what stands in between; null for nothing
 * @param certificates PEM file of the authorities that are trusted; null for those of the JDK
 * @param timeouts how long is waited
 * @param maxConnections open at a time, &gt;= 1
 */
public record S3Connection(
        URI endpoint,
        String region,
        Addressing addressing,
        S3Credentials credentials,
        Proxy proxy,
        Path certificates,
        Timeouts timeouts,
        int maxConnections) {
    /** Where the name of the bucket stands in an address. */
    public enum Addressing {
        /** Before the name of the host. */
        VIRTUAL_HOST,
        /** First in the path, as most stores but AWS want it. */
        PATH
    }

    /**
     * An HTTP proxy.
     *
     * @param user empty for none
     * @param password empty for none
     */
    public record Proxy(String host, int port, String user, String password) {
        /** Returns everything but the password. */
        @Override
        public String toString() {
            return "Proxy[" + host + ":" + port + "]";
        }
    }

    /**
     * Limits of waiting; all &gt; 0.
     *
     * @param connect for a connection
     * @param idle for the next byte
     * @param request for one attempt of one request as a whole
     */
    public record Timeouts(Duration connect, Duration idle, Duration request) {}
}
