package dev.tidemark.coordinator.service.trace;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The section {@code tracing} of a service's configuration. Headers are not printed: they may be secrets.
 *
 * @param endpoint where spans are sent with OTLP over HTTP, as {@code http://collector:4318/v1/traces}
 * @param headers sent with each request; none by default
 * @param serviceName what the spans say that they are from; {@code tidemark} by default
 */
public record TracingConfiguration(URI endpoint, Map<String, String> headers, String serviceName) {
    /**
     * Applies the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is missing or is not acceptable
     */
    public TracingConfiguration {
        headers = headers == null ? Map.of() : Map.copyOf(headers);
        serviceName = serviceName == null ? "tidemark" : serviceName;
        boolean isHttp = endpoint != null
                && endpoint.getScheme() != null
                && Set.of("http", "https").contains(endpoint.getScheme().toLowerCase(Locale.ROOT));
        if (!isHttp || endpoint.getHost() == null || endpoint.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "'endpoint' is not acceptable (expected: http or https, a host, and no user"
                            + " or password, as http://127.0.0.1:4318/v1/traces)");
        }
        if (serviceName.isBlank()) {
            throw new IllegalArgumentException("'serviceName' is empty (expected: a name)");
        }
    }

    @Override
    public String toString() {
        return "TracingConfiguration[" + endpoint.getHost() + ", " + serviceName + "]";
    }
}
