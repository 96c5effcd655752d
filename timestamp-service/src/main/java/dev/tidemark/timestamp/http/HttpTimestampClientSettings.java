package dev.tidemark.timestamp.http;

import dev.tidemark.timestamp.batch.BatchSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How an oracle is reached.
 *
 * @param endpoints base addresses of the oracle's servers, path included, such as {@code http://host:8421/timelock/api};
 *     at least one, tried in this order
 * @param connectTimeout for a connection, &gt; 0
 * @param readTimeout for one whole answer, &gt; 0
 * @param retryBudget how long a request may be sent again after its first attempt failed with 429, 503 or without an
 *     answer, &gt;= 0
 * @param token sent as bearer token to the endpoints and to nobody else; empty for none
 * @param batches how requests for timestamps are gathered
 * @param protocol the version of HTTP
 * @param tls whom the client trusts, and how it shows who it is; for addresses with {@code https}
 */
public record HttpTimestampClientSettings(
        List<URI> endpoints,
        Duration connectTimeout,
        Duration readTimeout,
        Duration retryBudget,
        String token,
        BatchSettings batches,
        HttpProtocol protocol,
        OracleTls tls) {
    private static final int MAX_ENDPOINTS = 100;

    /**
     * Checks the parts; a slash at the end of an address is dropped.
     *
     * @throws IllegalArgumentException when an address or a duration can't be used
     */
    public HttpTimestampClientSettings {
        if (endpoints.isEmpty() || endpoints.size() > MAX_ENDPOINTS) {
            throw new IllegalArgumentException(
                    "endpoints: " + endpoints.size() + " addresses (expected: 1.." + MAX_ENDPOINTS + ")");
        }
        endpoints =
                endpoints.stream().map(HttpTimestampClientSettings::normalize).toList();
        checkPositive("connectTimeout", connectTimeout);
        checkPositive("readTimeout", readTimeout);
        if (retryBudget.isNegative()) {
            throw new IllegalArgumentException("retryBudget: " + retryBudget + " (expected: >= 0)");
        }
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(batches, "batches");
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(tls, "tls");
    }

    /** Makes settings with the defaults for the rest: batches as they are by default, HTTP/1.1, and the JDK's trust. */
    public HttpTimestampClientSettings(
            List<URI> endpoints, Duration connectTimeout, Duration readTimeout, Duration retryBudget, String token) {
        this(
                endpoints,
                connectTimeout,
                readTimeout,
                retryBudget,
                token,
                BatchSettings.DEFAULT,
                HttpProtocol.HTTP_1_1,
                OracleTls.DEFAULT);
    }

    /** Returns the defaults for an oracle: connect within 2 s, answer within 10 s, try again for 15 s, no token. */
    public static HttpTimestampClientSettings of(URI... endpoints) {
        return new HttpTimestampClientSettings(
                List.of(endpoints), Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(15), "");
    }

    /** Returns these settings with a bearer token. */
    public HttpTimestampClientSettings withToken(String newToken) {
        return new HttpTimestampClientSettings(
                endpoints, connectTimeout, readTimeout, retryBudget, newToken, batches, protocol, tls);
    }

    /** Returns these settings with another retry budget. */
    public HttpTimestampClientSettings withRetryBudget(Duration newRetryBudget) {
        return new HttpTimestampClientSettings(
                endpoints, connectTimeout, readTimeout, newRetryBudget, token, batches, protocol, tls);
    }

    /** Returns these settings with other timeouts. */
    public HttpTimestampClientSettings withTimeouts(Duration newConnectTimeout, Duration newReadTimeout) {
        return new HttpTimestampClientSettings(
                endpoints, newConnectTimeout, newReadTimeout, retryBudget, token, batches, protocol, tls);
    }

    /** Returns these settings with another way to gather requests for timestamps. */
    public HttpTimestampClientSettings withBatches(BatchSettings newBatches) {
        return new HttpTimestampClientSettings(
                endpoints, connectTimeout, readTimeout, retryBudget, token, newBatches, protocol, tls);
    }

    /** Returns these settings with another version of HTTP. */
    public HttpTimestampClientSettings withProtocol(HttpProtocol newProtocol) {
        return new HttpTimestampClientSettings(
                endpoints, connectTimeout, readTimeout, retryBudget, token, batches, newProtocol, tls);
    }

    /** Returns these settings with certificates. */
    public HttpTimestampClientSettings withTls(OracleTls newTls) {
        return new HttpTimestampClientSettings(
                endpoints, connectTimeout, readTimeout, retryBudget, token, batches, protocol, newTls);
    }

    @Override
    public String toString() {
        return "HttpTimestampClientSettings[endpoints=" + endpoints + ", connectTimeout=" + connectTimeout
                + ", readTimeout=" + readTimeout + ", retryBudget=" + retryBudget + ", token="
                + (token.isEmpty() ? "none" : "hidden") + ", batches=" + batches + ", protocol=" + protocol + ", tls="
                + tls
                + "]";
    }

    private static URI normalize(URI endpoint) {
        boolean isHttp =
                "http".equalsIgnoreCase(endpoint.getScheme()) || "https".equalsIgnoreCase(endpoint.getScheme());
        boolean isPlain = endpoint.getHost() != null
                && endpoint.getRawQuery() == null
                && endpoint.getRawFragment() == null
                && endpoint.getRawUserInfo() == null;
        if (!isHttp || !isPlain) {
            throw new IllegalArgumentException("oracle address: '" + endpoint
                    + "' (expected: http or https, a host, a port and a base path only)");
        }
        String text = endpoint.toString();
        return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    }

    private static void checkPositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + ": " + duration + " (expected: > 0)");
        }
    }
}
