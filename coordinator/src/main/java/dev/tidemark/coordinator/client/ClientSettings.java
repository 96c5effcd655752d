package dev.tidemark.coordinator.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where a service is, and how it is asked.
 *
 * @param endpoints addresses of its instances, as {@code https://backup-1:8443}; at least one
 * @param token the caller's bearer token; empty for none
 * @param tls whom to trust, and the caller's certificate
 * @param connectTimeout how long to wait for a connection
 * @param answerTimeout how long to wait for an answer
 * @param retryBudget how long a request is sent again after a failure that may pass; zero for never
 */
public record ClientSettings(
        List<URI> endpoints,
        String token,
        ClientTls tls,
        Duration connectTimeout,
        Duration answerTimeout,
        Duration retryBudget) {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration RETRY_BUDGET = Duration.ofSeconds(15);

    /**
     * Checks the addresses.
     *
     * @throws IllegalArgumentException when there is none, one is not {@code http} or {@code https} with a host, or has a path or more
     */
    public ClientSettings {
        endpoints = endpoints.stream().map(ClientSettings::checked).toList();
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no address (expected: at least one)");
        }
        if (token.chars().anyMatch(character -> character <= ' ' || character > '~')) {
            throw new IllegalArgumentException("the token has a character that no token has");
        }
    }

    /** Returns settings with the usual times: 5 s for a connection, 60 s for an answer, 15 s to try again. */
    public static ClientSettings of(List<URI> endpoints, String token, ClientTls tls) {
        return new ClientSettings(endpoints, token, tls, CONNECT_TIMEOUT, ANSWER_TIMEOUT, RETRY_BUDGET);
    }

    private static URI checked(URI endpoint) {
        String scheme = String.valueOf(endpoint.getScheme());
        String path = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
        boolean isAddress = (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
                && endpoint.getHost() != null
                && endpoint.getRawUserInfo() == null
                && (path.isEmpty() || path.equals("/"))
                && endpoint.getRawQuery() == null
                && endpoint.getRawFragment() == null;
        if (!isAddress) {
            throw new IllegalArgumentException("address with scheme '" + scheme + "' and host '" + endpoint.getHost()
                    + "' (expected: http or https, a host, and perhaps a port, as https://backup-1:8443)");
        }
        return URI.create(scheme + "://" + endpoint.getRawAuthority());
    }

    @Override
    public String toString() {
        return "ClientSettings[endpoints=" + endpoints + ", tls=" + tls + "]";
    }
}
