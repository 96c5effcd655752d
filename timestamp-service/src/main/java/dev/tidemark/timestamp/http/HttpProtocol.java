package dev.tidemark.timestamp.http;

import java.net.http.HttpClient;

/** The version of HTTP that a client speaks. */
public enum HttpProtocol {
    /** A connection for each request that is under way; what every oracle understands. */
    HTTP_1_1(HttpClient.Version.HTTP_1_1),

    /** One connection for all requests, where the server agrees: by an upgrade from HTTP/1.1, or within TLS. */
    HTTP_2(HttpClient.Version.HTTP_2);

    private final HttpClient.Version version;

    HttpProtocol(HttpClient.Version version) {
        this.version = version;
    }

    HttpClient.Version version() {
        return version;
    }
}
