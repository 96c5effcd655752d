package dev.tidemark.timestamp.http;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.TimestampException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Sends requests to whichever server of an oracle answers: the only place that sends a request again. Every request of the
 * oracle's protocol may be sent twice. Thread-safe.
 *
 * <p>An attempt fails with 429, 503 or without an answer; the next one goes to the next server, after a wait that doubles
 * from 10 ms to 1 s and is shortened at random by up to a half. A 308 is followed at once: its location names the server
 * that leads, and the same path is sent there. The bearer token goes to configured servers only.
 */
final class HttpTransport implements AutoCloseable {
    private static final int MAX_ATTEMPTS = 1000;
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final Duration FIRST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** TimeLock demands an authorization header on some paths, looks only at its form, and its documentation uses this. */
    private static final String ANY_TOKEN = "q";

    /** TimeLock redirects clients that name this agent, and answers others with 503. */
    private static final String USER_AGENT = "tidemark/0.1 atlasdb-http-client/2.0";

    private final HttpTimestampClientSettings settings;
    private final Sleeper sleeper;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    /** Null once the transport is closed. */
    private volatile HttpClient http;

    /** Index of the endpoint that answered last. */
    private final AtomicInteger preferred = new AtomicInteger();

    HttpTransport(HttpTimestampClientSettings settings, Sleeper sleeper, MonotonicClock clock, RandomGenerator random) {
        this.settings = settings;
        this.sleeper = sleeper;
        this.clock = clock;
        this.random = random;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .build();
    }

    Answer get(String path) {
        return send("GET", path, "");
    }

    Answer post(String path) {
        return send("POST", path, "");
    }

    Answer post(String path, String json) {
        return send("POST", path, json);
    }

    Answer put(String path, String json) {
        return send("PUT", path, json);
    }

    Answer delete(String path) {
        return send("DELETE", path, "");
    }

    /** Returns a name for a request that must be known again when it is sent again. */
    UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private Answer send(String method, String path, String json) {
        long startNanos = clock.nanoTime();
        int redirects = 0;
        int waits = 0;
        URI server = endpoint();
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            TimestampException failure;
            try {
                HttpResponse<String> response = exchange(method, server, path, json);
                int status = response.statusCode();
                Optional<URI> leader = status == 308 ? leader(server, response) : Optional.empty();
                if (leader.isPresent() && redirects < MAX_REDIRECTS) {
                    server = leader.get();
                    redirects++;
                    continue;
                }
                Answer answer = new Answer(response.uri(), status, response.body());
                if (status != 429 && status != 503 && status != 308) {
                    remember(server);
                    return answer;
                }
                failure = answer.error();
            } catch (IOException e) {
                failure = noAnswer(server, e);
            }
            redirects = 0;
            waitBeforeNextAttempt(startNanos, waits++, failure);
            server = nextEndpoint();
        }
        throw new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "timestamp oracle did not answer " + MAX_ATTEMPTS + " attempts",
                "Check that the timestamp oracle is up.");
    }

    /**
     * Refuses requests from now on and frees connections and threads: at once where the JDK's client can be closed, that is from
     * JDK 21 on, and otherwise when the JVM has found that nobody uses it.
     */
    @Override
    public void close() {
        HttpClient closing = http;
        http = null;
        if (closing instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("the JDK's HTTP client could not be closed", e);
            }
        }
    }

    private HttpClient open() {
        HttpClient open = http;
        if (open == null) {
            throw new TimestampException(
                    ErrorCode.ORACLE_UNAVAILABLE, "timestamp client is closed", "Open a new client.");
        }
        return open;
    }

    private HttpResponse<String> exchange(String method, URI server, String path, String json) throws IOException {
        HttpClient open = open();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .header("User-Agent", USER_AGENT)
                .header("Authorization", "Bearer " + tokenFor(server))
                .method(method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        CompletableFuture<HttpResponse<String>> response = open.sendAsync(request.build(), bounded());
        try {
            // The timeout of the request itself ends with the headers; this one covers the whole answer.
            return response.get(settings.readTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new IOException("no answer within " + settings.readTimeout().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            response.cancel(true);
            throw interrupted(e);
        }
    }

    private static BodyHandler<String> bounded() {
        return info -> {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            return BodySubscribers.mapping(
                    BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> append(body, bytes))),
                    ignored -> body.toString(StandardCharsets.UTF_8));
        };
    }

    private static void append(ByteArrayOutputStream body, byte[] bytes) {
        if (body.size() + bytes.length > MAX_ANSWER_BYTES) {
            throw new UncheckedIOException(new IOException("answer is longer than " + MAX_ANSWER_BYTES + " bytes"));
        }
        body.writeBytes(bytes);
    }

    /** Returns the address of the server that a redirect names; its path may or may not repeat ours, so it is not used. */
    private Optional<URI> leader(URI server, HttpResponse<String> response) {
        return response.headers().firstValue("Location").flatMap(location -> {
            try {
                URI target = server.resolve(location);
                boolean isDowngrade = "https".equals(server.getScheme()) && !"https".equals(target.getScheme());
                if (target.getHost() == null || isDowngrade) {
                    return Optional.empty();
                }
                return Optional.of(configured(target)
                        .orElseGet(() -> URI.create(
                                target.getScheme() + "://" + target.getRawAuthority() + server.getRawPath())));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    private Optional<URI> configured(URI server) {
        return settings.endpoints().stream()
                .filter(endpoint -> endpoint.getScheme().equals(server.getScheme())
                        && endpoint.getRawAuthority().equals(server.getRawAuthority()))
                .findFirst();
    }

    private String tokenFor(URI server) {
        return settings.token().isEmpty() || configured(server).isEmpty() ? ANY_TOKEN : settings.token();
    }

    private URI endpoint() {
        List<URI> endpoints = settings.endpoints();
        return endpoints.get(Math.floorMod(preferred.get(), endpoints.size()));
    }

    private URI nextEndpoint() {
        preferred.incrementAndGet();
        return endpoint();
    }

    private void remember(URI server) {
        int index = settings.endpoints().indexOf(server);
        if (index >= 0) {
            preferred.set(index);
        }
    }

    private void waitBeforeNextAttempt(long startNanos, int waits, TimestampException failure) {
        long wait = Math.min(FIRST_WAIT.toNanos() << Math.min(waits, 20), LONGEST_WAIT.toNanos());
        long shortened = wait / 2 + random.nextLong(wait / 2 + 1);
        long left = settings.retryBudget().toNanos() - (clock.nanoTime() - startNanos);
        if (shortened > left) {
            throw failure;
        }
        try {
            sleeper.sleep(Duration.ofNanos(shortened));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static TimestampException noAnswer(URI server, IOException cause) {
        String kind = cause instanceof ConnectException ? "nothing accepts a connection there" : cause.toString();
        String reason = cause.getMessage() == null ? kind : cause.getMessage();
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "no answer from the timestamp oracle at '" + server + "': " + reason,
                "Check that the timestamp oracle is up and that its address is right.",
                cause);
    }

    private static TimestampException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new TimestampException(
                ErrorCode.INTERRUPTED, "interrupted while waiting for the timestamp oracle", "", cause);
    }
}
