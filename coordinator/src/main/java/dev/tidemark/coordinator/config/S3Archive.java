package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.tidemark.coordinator.archive.retry.RetrySettings;
import dev.tidemark.coordinator.archive.s3.S3Writing;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;

/**
 * An archive in a bucket of a store that speaks the S3 protocol. Holds no secret itself.
 *
 * @param bucket its name; Tidemark doesn't create it
 * @param prefix where in the bucket the archive is: empty, or segments that each end with a slash
 * @param endpoint address of the store; null for AWS
 * @param region null for that of the environment
 * @param pathStyle whether the bucket's name stands in the path; null: it does when there is an endpoint
 * @param credentials null for whatever the SDK finds
 * @param checksums {@code sdk}, {@code md5} or {@code none}
 * @param storageClass of new objects; empty for the bucket's default
 * @param encryption null for the bucket's default
 * @param objectLock of new objects; null for none
 * @param multipart how large objects are sent
 * @param connection limits, and what stands in between
 * @param retry how long what may pass is tried
 * @param asOf an instant: the archive as it was then, read-only; null for the present one
 * @param records with {@code asOf}, a directory for the journals and locks of operations that change nothing else of the archive;
 *     null for none, and then no operation can run
 * @param id as in {@link ArchiveConfiguration#id}
 * @param key as in {@link ArchiveConfiguration#key}
 * @param retention as in {@link ArchiveConfiguration#retention}
 */
@JsonTypeName("s3")
public record S3Archive(
        String bucket,
        String prefix,
        URI endpoint,
        String region,
        Boolean pathStyle,
        S3Access credentials,
        String checksums,
        String storageClass,
        Encryption encryption,
        ObjectLock objectLock,
        Multipart multipart,
        Connection connection,
        Retry retry,
        String asOf,
        Path records,
        String id,
        KeyConfiguration key,
        RetentionConfiguration retention)
        implements ArchiveConfiguration {
    private static final Set<String> CHECKSUMS = Set.of("sdk", "md5", "none");

    /** Checks the values and applies the defaults. */
    public S3Archive {
        Required.present("bucket", bucket);
        Required.present("key", key);
        Required.that(
                bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,254}"),
                "'bucket' is '" + bucket + "' (expected: the name of a bucket)");
        prefix = prefix == null ? "" : prefix;
        Required.that(
                prefix.isEmpty() || prefix.matches("([A-Za-z0-9._=-]+/)+"),
                "'prefix' is '" + prefix + "' (expected: names of A-Z a-z 0-9 . _ = - that each end with a slash)");
        Required.that(
                endpoint == null
                        || endpoint.getScheme() != null && endpoint.getScheme().matches("https?"),
                "'endpoint' is '" + endpoint + "' (expected: an address that begins with http:// or https://)");
        checksums = checksums == null ? "sdk" : checksums;
        Required.that(CHECKSUMS.contains(checksums), "'checksums' is '" + checksums + "' (expected: sdk, md5 or none)");
        storageClass = storageClass == null ? "" : storageClass;
        Required.that(
                objectLock == null || !"none".equals(checksums),
                "'checksums' is 'none' and 'objectLock' is set (expected: sdk or md5, without which no store locks)");
        multipart = multipart == null ? new Multipart(null, null, null) : multipart;
        connection = connection == null ? new Connection(null, null, null, null, null, null) : connection;
        retry = retry == null ? new Retry(null, null, null) : retry;
        if (asOf != null) {
            requireInstant(asOf);
        }
        Required.that(records == null || asOf != null, "'records' is set and 'asOf' is not (expected: both, or none)");
        id = ArchiveConfiguration.checkedId(id);
    }

    /** Returns whether the bucket's name stands in the path. */
    boolean isPathStyle() {
        return pathStyle == null ? endpoint != null : pathStyle;
    }

    private static void requireInstant(String text) {
        try {
            Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'asOf' is '" + text + "' (expected: an instant such as 2026-03-01T06:00:00Z, in quotes)", e);
        }
    }

    /**
     * What the store encrypts with: exactly one of the keys below, or its own.
     *
     * @param type {@code s3}, {@code kms} or {@code customer}
     * @param keyId of {@code kms}
     * @param file of {@code customer}: a file with the key of 32 bytes in Base64
     * @param environment of {@code customer}: an environment variable with it
     */
    public record Encryption(String type, String keyId, Path file, String environment) {
        /** Checks that the type has what it needs. */
        public Encryption {
            Required.present("type", type);
            Required.that(
                    Set.of("s3", "kms", "customer").contains(type),
                    "'type' is '" + type + "' (expected: s3, kms or customer)");
            Required.that("kms".equals(type) == (keyId != null), "'keyId' belongs to type 'kms', which needs it");
            boolean hasKey = (file == null) != (environment == null);
            Required.that(
                    "customer".equals(type) ? hasKey : file == null && environment == null,
                    "type 'customer' needs exactly one of 'file' and 'environment', the others none");
        }
    }

    /**
     * A lock on every new object, for buckets that were made with object lock.
     *
     * @param mode {@code governance} or {@code compliance}
     * @param period how long it lasts
     * @param required whether a backup fails when the store refuses to extend the lock of what it uses again; else it is a remark. True
     *     by default
     */
    public record ObjectLock(String mode, Duration period, Boolean required) {
        /** Checks the values. */
        public ObjectLock {
            Required.present("mode", mode);
            Required.present("period", period);
            Required.that(
                    Set.of("governance", "compliance").contains(mode),
                    "'mode' is '" + mode + "' (expected: governance or compliance)");
            Required.that(
                    !period.isNegative() && !period.isZero(), "'period' is " + period + " (expected: more than 0)");
            required = required == null || required;
        }
    }

    /**
     * How large objects are sent.
     *
     * @param threshold contents of so many bytes and more go in parts
     * @param partSize bytes of a part
     * @param parallelism parts under way at a time
     */
    public record Multipart(Integer threshold, Integer partSize, Integer parallelism) {
        private static final int MAX_PARALLELISM = 64;

        /** Checks the values and applies the defaults. */
        public Multipart {
            threshold = threshold == null ? 32 << 20 : threshold;
            partSize = partSize == null ? 8 << 20 : partSize;
            parallelism = parallelism == null ? 2 : parallelism;
            requireSize("threshold", threshold);
            requireSize("partSize", partSize);
            Required.that(
                    parallelism >= 1 && parallelism <= MAX_PARALLELISM,
                    "'parallelism' is " + parallelism + " (expected: 1 to " + MAX_PARALLELISM + ")");
        }

        private static void requireSize(String key, int bytes) {
            Required.that(
                    bytes >= S3Writing.MIN_PART_BYTES,
                    String.format(
                            Locale.ROOT, "'%s' is %d (expected: at least %d)", key, bytes, S3Writing.MIN_PART_BYTES));
        }
    }

    /**
     * Limits of connections.
     *
     * @param proxy null for none
     * @param caCertificates PEM file of the authorities that are trusted; null for those of the JDK
     * @param connectTimeout longest wait for a connection
     * @param idleTimeout longest wait for the next byte
     * @param requestTimeout longest time of one attempt
     * @param maxConnections open at a time
     */
    public record Connection(
            Proxy proxy,
            Path caCertificates,
            Duration connectTimeout,
            Duration idleTimeout,
            Duration requestTimeout,
            Integer maxConnections) {
        private static final int MAX_CONNECTIONS = 1000;

        /** Checks the values and applies the defaults. */
        public Connection {
            connectTimeout = connectTimeout == null ? Duration.ofSeconds(5) : connectTimeout;
            idleTimeout = idleTimeout == null ? Duration.ofSeconds(30) : idleTimeout;
            requestTimeout = requestTimeout == null ? Duration.ofMinutes(5) : requestTimeout;
            maxConnections = maxConnections == null ? 16 : maxConnections;
            requirePositive("connectTimeout", connectTimeout);
            requirePositive("idleTimeout", idleTimeout);
            requirePositive("requestTimeout", requestTimeout);
            Required.that(
                    maxConnections >= 1 && maxConnections <= MAX_CONNECTIONS,
                    "'maxConnections' is " + maxConnections + " (expected: 1 to " + MAX_CONNECTIONS + ")");
        }

        private static void requirePositive(String key, Duration duration) {
            Required.that(duration.toMillis() > 0, "'" + key + "' is " + duration + " (expected: 1 ms or more)");
        }
    }

    /**
     * An HTTP proxy.
     *
     * @param user null when it asks for none
     * @param password of the user
     */
    public record Proxy(String host, Integer port, String user, TokenConfiguration password) {
        private static final int MAX_PORT = 65_535;

        /** Checks the values. */
        public Proxy {
            Required.present("host", host);
            Required.present("port", port);
            Required.that(port >= 1 && port <= MAX_PORT, "'port' is " + port + " (expected: 1 to " + MAX_PORT + ")");
            Required.that((user == null) == (password == null), "'user' and 'password' belong together");
        }
    }

    /**
     * How long what may pass is tried.
     *
     * @param attempts of one call at most
     * @param budget from the first to the last of them at most
     * @param firstWait before the second; doubles from there on
     */
    public record Retry(Integer attempts, Duration budget, Duration firstWait) {
        /** Checks the values and applies the defaults. */
        public Retry {
            attempts = attempts == null ? RetrySettings.DEFAULT.attempts() : attempts;
            budget = budget == null ? RetrySettings.DEFAULT.budget() : budget;
            firstWait = firstWait == null ? RetrySettings.DEFAULT.firstWait() : firstWait;
            new RetrySettings(attempts, budget, firstWait);
        }

        RetrySettings settings() {
            return new RetrySettings(attempts, budget, firstWait);
        }
    }
}
