package dev.tidemark.coordinator.client;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Sends requests to whichever instance of a service answers: the only place that sends a request again. Thread-safe.
 *
 * <p>An attempt fails with 429, 502, 503 or 504, or without an answer; the next one goes to the next instance, after a wait that doubles
 * from 50 ms to 2 s and is shortened at random by up to a half, or after what {@code Retry-After} says. A request that may not be
 * carried out twice is sent again only when it did not get there, or was refused. A 308 is followed at once when it leads to another
 * of the addresses.
 */
final class ServiceTransport {
    private static final int MAX_ATTEMPTS = 1000;
    private static final int MAX_REDIRECTS = 5;
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final ClientSettings settings;
    private final ServiceErrors errors;
    private final Sleeper sleeper;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final HttpClient http;

    /** Number of the address that answered last. */
    private final AtomicInteger preferred = new AtomicInteger();

    ServiceTransport(
            ClientSettings settings,
            ServiceErrors errors,
            Sleeper sleeper,
            MonotonicClock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.errors = errors;
        this.sleeper = sleeper;
        this.clock = clock;
        this.random = random;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout());
        if (settings.endpoints().stream()
                .anyMatch(endpoint -> endpoint.getScheme().equalsIgnoreCase("https"))) {
            builder.sslContext(settings.tls().context());
        }
        http = builder.build();
    }

    /**
     * Returns the body of a good answer.
     *
     * @throws CoordinatorException what the service says when it refuses; {@link ErrorCode#SERVICE_UNAVAILABLE} when nobody answers,
     *     {@link ErrorCode#UNAUTHORIZED} when there is no trust, {@link ErrorCode#INTERRUPTED}
     */
    String send(ServiceRequest request) {
        return exchange(request, BodyHandlers.ofString(StandardCharsets.UTF_8), settings.answerTimeout());
    }

    /** As {@link #send}, but the answer goes line by line to a handler, for as long as it comes. */
    void stream(ServiceRequest request, EventStream events) {
        exchange(
                request,
                info -> info.statusCode() == 200
                        ? HttpResponse.BodySubscribers.fromLineSubscriber(
                                events, subscriber -> "", StandardCharsets.UTF_8, null)
                        : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8),
                events.longest());
    }

    private String exchange(ServiceRequest request, BodyHandler<String> handler, Duration timeout) {
        long startNanos = clock.nanoTime();
        int number = preferred.get();
        int redirects = 0;
        for (int attempt = 1; ; attempt++) {
            URI server = settings.endpoints().get(number);
            CoordinatorException failure;
            Duration wait = wait(attempt);
            try {
                HttpResponse<String> response = once(server, request, handler, timeout);
                int status = response.statusCode();
                if (status / 100 == 2) {
                    preferred.set(number);
                    return response.body();
                }
                Optional<Integer> leader = status == 308 ? configured(server, response) : Optional.empty();
                if (leader.isPresent() && redirects++ < MAX_REDIRECTS) {
                    number = leader.get();
                    continue;
                }
                failure = errors.refused(server, status, response.body());
                if (status != 429 && status != 308 && (status < 502 || status > 504)) {
                    throw failure;
                }
                wait = retryAfter(response).orElse(wait);
            } catch (IOException e) {
                failure = ServiceErrors.noAnswer(server, e);
                boolean isSent = !(e instanceof ConnectException || e instanceof HttpConnectTimeoutException);
                if (ServiceErrors.isFinal(failure) || (isSent && !request.isRepeatable())) {
                    throw failure;
                }
            }
            sleepWithin(startNanos, wait, attempt, failure);
            number = (number + 1) % settings.endpoints().size();
        }
    }

    private HttpResponse<String> once(URI server, ServiceRequest request, BodyHandler<String> handler, Duration timeout)
            throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(server + request.target()))
                .method(
                        request.method(),
                        request.json().isEmpty()
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(request.json(), StandardCharsets.UTF_8));
        if (!request.json().isEmpty()) {
            builder.header("Content-Type", "application/json");
        }
        if (!settings.token().isEmpty()) {
            builder.header("Authorization", "Bearer " + settings.token());
        }
        request.headers().forEach(builder::header);
        CompletableFuture<HttpResponse<String>> response = http.sendAsync(builder.build(), handler);
        try {
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            response.cancel(true);
            throw ServiceErrors.interrupted(e);
        }
    }

    private Optional<Integer> configured(URI server, HttpResponse<String> response) {
        return response.headers().firstValue("Location").flatMap(location -> {
            try {
                URI target = server.resolve(location);
                String address = target.getScheme() + "://" + target.getRawAuthority();
                int number = settings.endpoints().indexOf(URI.create(address));
                return number < 0 ? Optional.empty() : Optional.of(number);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    private static Optional<Duration> retryAfter(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private Duration wait(int attempt) {
        long wait = Math.min(FIRST_WAIT.toNanos() << Math.min(attempt - 1, 20), LONGEST_WAIT.toNanos());
        return Duration.ofNanos(wait / 2 + random.nextLong(wait / 2 + 1));
    }

    private void sleepWithin(long startNanos, Duration wait, int attempt, CoordinatorException failure) {
        long left = settings.retryBudget().toNanos() - (clock.nanoTime() - startNanos);
        if (wait.toNanos() > left || attempt >= MAX_ATTEMPTS) {
            throw failure;
        }
        try {
            sleeper.sleep(wait);
        } catch (InterruptedException e) {
            throw ServiceErrors.interrupted(e);
        }
    }
}
