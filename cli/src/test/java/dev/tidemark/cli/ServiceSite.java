package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.ServiceConfiguration;
import dev.tidemark.coordinator.service.ServiceServer;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The service over an {@link Installation}, in this process, and a client that only knows HTTP. */
final class ServiceSite implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ThreadedPeriodicTasks periodicTasks = new ThreadedPeriodicTasks();
    private final HttpClient http = HttpClient.newHttpClient();
    private final NewToken admin;
    private final ServiceServer server;

    ServiceSite(Installation installation, Decoration decoration) {
        this(installation, "tidemark.yml", decoration, List.of(), "");
    }

    /** @param file name of the configuration; made from that of the command line when it is not there */
    ServiceSite(Installation installation, String file, Decoration decoration) {
        this(installation, file, decoration, List.of(), "");
    }

    /** Also lets in others, and all of them as often as they like. */
    ServiceSite(Installation installation, Decoration decoration, List<NewToken> others) {
        this(installation, "tidemark.yml", decoration, others, "");
    }

    /** Starts it with more lines in the section {@code access}, indented by two blanks. */
    ServiceSite(Installation installation, Decoration decoration, String access) {
        this(installation, "tidemark.yml", decoration, List.of(), access);
    }

    private ServiceSite(
            Installation installation, String file, Decoration decoration, List<NewToken> others, String access) {
        Path configurationFile = configuration(installation, file);
        EngineSeams seams = new EngineSeams(
                InstantSource.system(),
                MonotonicClock.system(),
                Sleeper.system(),
                periodicTasks,
                workers,
                new SecureRandom(),
                "test");
        admin = NewToken.create("ann", Role.ADMIN, null, null, new SecureRandom());
        letIn(configurationFile, admin, others, access);
        ServiceConfiguration configuration = ServiceServer.readConfiguration(configurationFile, seams);
        ServiceServer.embed(configuration, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server = ServiceServer.start(configuration, seams, variable -> null, decoration);
    }

    private static Path configuration(Installation installation, String file) {
        Path wanted = installation.resolve(file);
        if (!Files.exists(wanted)) {
            try {
                String text = Files.readString(installation.resolve("tidemark.yml"));
                int access = text.indexOf("access:\n");
                Files.writeString(wanted, access < 0 ? text : text.substring(0, access));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return wanted;
    }

    private static void letIn(Path configuration, NewToken token, List<NewToken> others, String more) {
        StringBuilder access = new StringBuilder("access:\n");
        if (!others.isEmpty()) {
            access.append("  rateLimit: {requestsPerSecond: 100000, burst: 100000}\n");
        }
        access.append("  tokens:\n");
        Stream.concat(Stream.of(token), others.stream()).map(NewToken::entry).forEach(entry -> access.append(
                        "  - {name: " + entry.name() + ", role: " + entry.role().word() + ", sha256: " + entry.sha256())
                .append(entry.namespaces() == null ? "" : ", namespaces: " + entry.namespaces())
                .append("}\n"));
        try {
            Files.writeString(configuration, access.append(more), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the token of an admin. */
    String token() {
        return admin.token();
    }

    URI uri(String path) {
        return URI.create(server.endpoint() + path);
    }

    /** Asks the admin port. */
    HttpResponse<String> admin(String path) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                .build());
    }

    /** Calls a task of the admin port, with a token or, when it is empty, without one. */
    HttpResponse<String> task(String token, String pathAndQuery, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.adminPort() + "/tasks/" + pathAndQuery))
                .POST(BodyPublishers.noBody());
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    /** Returns the token of an administrator. */
    String adminToken() {
        return admin.token();
    }

    /** Returns the admin port. */
    int adminPort() {
        return server.adminPort();
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        request.header("Authorization", "Bearer " + admin.token());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    JsonNode get(String path) {
        HttpResponse<String> response = send("GET", path, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    /** Waits until this instance leads. */
    void awaitLead() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> send("GET", "/api/v1/instance/leads", "").statusCode() == 200);
    }

    /** Orders something and waits for its end. */
    JsonNode order(String namespace, String type, String body) {
        HttpResponse<String> accepted = send("POST", "/api/v1/namespaces/" + namespace + "/orders/" + type, body);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return awaitEnd(accepted.headers().firstValue("Location").orElseThrow());
    }

    JsonNode awaitEnd(String location) {
        String path = URI.create(location).getPath();
        JsonNode order = get(path);
        while (order.get("endedAt").isNull()) {
            order = get(path + "?waitMillis=20000&afterRevision="
                    + order.get("revision").asLong());
        }
        return order;
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + response.body(), e);
        }
    }

    @Override
    public void close() {
        server.close();
        periodicTasks.close();
        workers.shutdownNow();
    }
}
