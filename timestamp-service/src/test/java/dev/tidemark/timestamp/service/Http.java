package dev.tidemark.timestamp.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Sends requests to one server, as a client that follows nothing and sends nothing again. */
final class Http {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final URI server;
    private final String token;
    private final String userAgent;

    private Http(HttpClient client, URI server, String token, String userAgent) {
        this.client = client;
        this.server = server;
        this.token = token;
        this.userAgent = userAgent;
    }

    /** Returns a client with a token that nobody looks at. */
    static Http to(URI server) {
        return new Http(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), server, "q", "test/1.0");
    }

    /** Returns this client with another HTTP client. */
    Http by(HttpClient other) {
        return new Http(other, server, token, userAgent);
    }

    /** Returns this client with another token; empty for none. */
    Http withToken(String newToken) {
        return new Http(client, server, newToken, userAgent);
    }

    /** Returns this client with another name. */
    Http withUserAgent(String newUserAgent) {
        return new Http(client, server, token, newUserAgent);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body);
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .header("Content-Type", "application/json")
                .header("User-Agent", userAgent)
                .method(method, BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    /** Returns Tidemark's code of an error. */
    static String code(HttpResponse<String> answer) throws IOException {
        return json(answer).path("parameters").path("code").asText();
    }
}
