package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;

/**
 * Sends requests to an agent: the only place that sends a request again. Every request of the protocol may be sent twice. Thread-safe.
 *
 * <p>An attempt fails without an answer, or when something on the way answers for the agent; the next one follows after a wait that
 * doubles from 10 ms to 1 s and is shortened at random by up to a half.
 */
final class AgentTransport {
    private static final int MAX_ATTEMPTS = 10_000;
    private static final Duration FIRST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final AgentClientSettings settings;
    private final AgentErrors errors;
    private final Sleeper sleeper;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final HttpClient http;

    AgentTransport(AgentClientSettings settings, Sleeper sleeper, MonotonicClock clock, RandomGenerator random) {
        this.settings = settings;
        this.errors = new AgentErrors(settings.endpoint());
        this.sleeper = sleeper;
        this.clock = clock;
        this.random = random;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.timeouts().connect());
        if (settings.endpoint().getScheme().equalsIgnoreCase("https")) {
            builder.sslContext(settings.tls().context());
        }
        http = builder.build();
    }

    AgentErrors errors() {
        return errors;
    }

    /**
     * Sends a request until there is an answer.
     *
     * @param retryBudget how long it may be sent again
     * @throws KeyValueStoreException {@code STORE_UNAVAILABLE} when there is none, {@code UNAUTHORIZED} when there is no trust,
     *     {@code INVALID_CONFIGURATION} when it is not an agent's
     */
    AgentAnswer send(AgentRequest request, Duration retryBudget) {
        long startNanos = clock.nanoTime();
        for (int attempt = 1; ; attempt++) {
            KeyValueStoreException failure;
            try {
                HttpResponse<byte[]> response = exchange(request);
                Optional<String> version = response.headers().firstValue(AgentProtocol.AGENT_HEADER);
                if (version.isPresent()) {
                    return answer(response, version.get());
                }
                if (!isGateway(response.statusCode())) {
                    throw errors.notAnAgent(response.statusCode());
                }
                failure = errors.noAnswer(new IOException("status " + response.statusCode()));
            } catch (SSLException e) {
                throw errors.noTrust(e);
            } catch (IOException e) {
                failure = errors.noAnswer(e);
            }
            waitBeforeNextAttempt(startNanos, attempt, retryBudget, failure);
        }
    }

    private AgentAnswer answer(HttpResponse<byte[]> response, String version) {
        if (!version.equals(String.valueOf(AgentProtocol.VERSION))) {
            throw errors.otherProtocol(version, AgentProtocol.VERSION);
        }
        return new AgentAnswer(errors, response.statusCode(), response.body());
    }

    /** Something between here and the agent says that the agent does not answer. */
    private static boolean isGateway(int status) {
        return status == 502 || status == 503 || status == 504;
    }

    private HttpResponse<byte[]> exchange(AgentRequest request) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(settings.endpoint() + request.path()))
                .method(
                        request.method(),
                        request.hasBody() ? BodyPublishers.ofByteArray(request.body()) : BodyPublishers.noBody());
        if (request.hasBody()) {
            builder.header("Content-Type", request.contentType());
        }
        if (!settings.token().isEmpty()) {
            builder.header("Authorization", "Bearer " + settings.token());
        }
        Duration limit = settings.timeouts().answer().plus(request.expectedWait());
        CompletableFuture<HttpResponse<byte[]>> response = http.sendAsync(builder.build(), bounded());
        try {
            // The timeout of the request itself ends with the headers; this one covers the whole answer.
            return response.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new IOException("no answer within " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw ioException(e);
        } catch (InterruptedException e) {
            response.cancel(true);
            throw errors.interrupted(e);
        }
    }

    /** An agent that asks for a certificate says so only after the connection is there, in another exception. */
    private static IOException ioException(ExecutionException failure) {
        Throwable cause = failure.getCause();
        for (int i = 0; i < 10 && cause != null; i++) {
            if (cause instanceof SSLException tls) {
                return tls;
            }
            cause = cause.getCause();
        }
        return failure.getCause() instanceof IOException io ? io : new IOException(failure.getCause());
    }

    private static BodyHandler<byte[]> bounded() {
        return info -> {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            return BodySubscribers.mapping(
                    BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> append(body, bytes))),
                    ignored -> body.toByteArray());
        };
    }

    private static void append(ByteArrayOutputStream body, byte[] bytes) {
        if (body.size() + bytes.length > AgentProtocol.MAX_JSON_BYTES) {
            throw new UncheckedIOException(
                    new IOException("answer is longer than " + AgentProtocol.MAX_JSON_BYTES + " bytes"));
        }
        body.writeBytes(bytes);
    }

    private void waitBeforeNextAttempt(
            long startNanos, int attempts, Duration retryBudget, KeyValueStoreException failure) {
        long wait = Math.min(FIRST_WAIT.toNanos() << Math.min(attempts - 1, 20), LONGEST_WAIT.toNanos());
        long shortened = wait / 2 + random.nextLong(wait / 2 + 1);
        long left = retryBudget.toNanos() - (clock.nanoTime() - startNanos);
        if (shortened > left || attempts >= MAX_ATTEMPTS) {
            throw failure;
        }
        try {
            sleeper.sleep(Duration.ofNanos(shortened));
        } catch (InterruptedException e) {
            throw errors.interrupted(e);
        }
    }
}
