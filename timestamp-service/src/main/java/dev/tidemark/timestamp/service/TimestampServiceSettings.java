package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.service.store.BoundStoreSettings;
import io.dropwizard.util.Duration;
import jakarta.validation.Valid;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The section {@code oracle} of the timestamp service's configuration. A null stands for the default.
 *
 * @param dataDirectory short for a store of type {@code file} in this directory
 * @param store where the bounds are kept; required if there is no {@code dataDirectory}
 * @param leader how this server is elected if others have the store open, too
 * @param basePath what stands before every path, such as {@code /timelock/api}; default {@code /}
 * @param leaseDuration how long a lease lives without a refresh, 1 ms..1 h; default 20 s
 * @param createNamespaces default {@link NamespaceCreation#EXPLICIT}
 * @param namespaces created at the start if they don't exist; default none
 * @param maxNamespaces default 500
 * @param ceiling highest target of a fast-forward; default and maximum 2<sup>62</sup>
 * @param allowedNamespaces which namespaces requests may create, by names in which {@code *} stands for any characters; default all
 * @param maxRequests how many requests may be under way at a time, 1..100,000; default 512
 * @param access who may do what; default everybody everything, except for what {@code token} closes
 * @param token if set, what fast-forward, fence, creation and status demand as bearer token, 8..1000 characters
 * @param immutableTimestampAlarm age of a lease from which on the immutable timestamp is said to stand still, 1 s..365 d; default
 *     30 min
 */
public record TimestampServiceSettings(
        Path dataDirectory,
        @Valid BoundStoreSettings store,
        LeadershipSettings leader,
        String basePath,
        Duration leaseDuration,
        NamespaceCreation createNamespaces,
        List<String> namespaces,
        Integer maxNamespaces,
        Long ceiling,
        List<String> allowedNamespaces,
        Integer maxRequests,
        @Valid AccessSettings access,
        String token,
        Duration immutableTimestampAlarm) {
    private static final int DEFAULT_REQUESTS = 512;
    private static final int MAX_REQUESTS = 100_000;
    private static final Pattern BASE_PATH = Pattern.compile("/|(/[A-Za-z0-9._~-]+)+/?");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{8,1000}=*");

    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public TimestampServiceSettings {
        if ((dataDirectory == null) == (store == null)) {
            throw new IllegalArgumentException("dataDirectory and store: " + (store == null ? "neither" : "both")
                    + " (expected: one of them, where the bounds are kept)");
        }
        leader = leader == null ? LeadershipSettings.DEFAULT : leader;
        basePath = basePath == null ? "/" : basePath;
        leaseDuration = leaseDuration == null ? Duration.seconds(20) : leaseDuration;
        createNamespaces = createNamespaces == null ? NamespaceCreation.EXPLICIT : createNamespaces;
        namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
        maxNamespaces = maxNamespaces == null ? 500 : maxNamespaces;
        ceiling = ceiling == null ? OracleLimits.MAX_FAST_FORWARD : ceiling;
        allowedNamespaces = allowedNamespaces == null ? List.of() : List.copyOf(allowedNamespaces);
        maxRequests = maxRequests == null ? DEFAULT_REQUESTS : maxRequests;
        new AllowedNames(allowedNamespaces);
        if (maxRequests < 1 || maxRequests > MAX_REQUESTS) {
            throw new IllegalArgumentException("maxRequests: " + maxRequests + " (expected: 1.." + MAX_REQUESTS + ")");
        }
        if (!BASE_PATH.matcher(basePath).matches()) {
            throw new IllegalArgumentException("basePath: '" + basePath + "' (expected: a path such as /timelock/api)");
        }
        if (token != null && !TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException("token: a text of " + token.length()
                    + " characters (expected: 8..1000 of A-Z a-z 0-9 . _ ~ + / -)");
        }
        if (store != null && store.longestWait().compareTo(leader.lease().toJavaDuration()) >= 0) {
            throw new IllegalArgumentException("lease: " + leader.lease() + " (expected: more than the "
                    + store.longestWait().toMillis() + " ms for which a call of the store may wait)");
        }
        namespaces.forEach(NamespaceName::check);
        new OracleSettings(leaseDuration.toJavaDuration(), ceiling, maxNamespaces);
        immutableTimestampAlarm = immutableTimestampAlarm == null ? Duration.minutes(30) : immutableTimestampAlarm;
        if (immutableTimestampAlarm.toSeconds() < 1 || immutableTimestampAlarm.toDays() > 365) {
            throw new IllegalArgumentException(
                    "immutableTimestampAlarm: " + immutableTimestampAlarm + " (expected: 1 s..365 d)");
        }
    }

    /** Creates settings with the defaults for what may be created, how many requests there may be, and who may do what. */
    public TimestampServiceSettings(
            Path dataDirectory,
            BoundStoreSettings store,
            LeadershipSettings leader,
            String basePath,
            Duration leaseDuration,
            NamespaceCreation createNamespaces,
            List<String> namespaces,
            Integer maxNamespaces,
            Long ceiling,
            String token) {
        this(
                dataDirectory,
                store,
                leader,
                basePath,
                leaseDuration,
                createNamespaces,
                namespaces,
                maxNamespaces,
                ceiling,
                null,
                null,
                null,
                token,
                null);
    }

    /** Returns the defaults for a data directory. */
    public static TimestampServiceSettings of(Path dataDirectory) {
        return new TimestampServiceSettings(dataDirectory, null, null, null, null, null, null, null, null, null);
    }

    /** Returns these settings with namespaces that are created at the start. */
    public TimestampServiceSettings withNamespaces(String... names) {
        return new TimestampServiceSettings(
                dataDirectory,
                store,
                leader,
                basePath,
                leaseDuration,
                createNamespaces,
                List.of(names),
                maxNamespaces,
                ceiling,
                allowedNamespaces,
                maxRequests,
                access,
                token,
                immutableTimestampAlarm);
    }

    /** Returns the type of the store, as in the configuration. */
    String storeType() {
        return store == null ? "file" : BoundStoreSettings.typeOf(store);
    }

    /** Says where the store is, for people. */
    String storeDescription() {
        return store == null ? dataDirectory.toString() : store.describe();
    }

    /** Opens the store. */
    BoundStore openStore() {
        return store == null ? FileBoundStore.open(dataDirectory) : store.open();
    }

    /** Returns what of the settings concerns the oracle itself. */
    public OracleSettings oracleSettings() {
        return new OracleSettings(leaseDuration.toJavaDuration(), ceiling, maxNamespaces);
    }

    @Override
    public String toString() {
        return "TimestampServiceSettings[dataDirectory=" + dataDirectory + ", store=" + store
                + ", leader=" + leader + ", basePath=" + basePath + ", leaseDuration="
                + leaseDuration + ", createNamespaces=" + createNamespaces + ", namespaces=" + namespaces
                + ", maxNamespaces=" + maxNamespaces + ", ceiling=" + ceiling
                + ", allowedNamespaces=" + allowedNamespaces + ", maxRequests=" + maxRequests + ", access=" + access
                + ", token=" + (token == null ? "none" : "hidden") + ", immutableTimestampAlarm="
                + immutableTimestampAlarm + "]";
    }
}
