package dev.tidemark.timestamp.http;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.Delayer;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.OracleErrors;
import dev.tidemark.timestamp.TimestampException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Sends requests to whichever server of an oracle answers: the only place that sends a request again, as {@link Attempts} decides. Every
 * request of the oracle's protocol may be sent twice. A request waits on no thread; who wants to wait for it, does. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future here throws nothing
final class HttpTransport implements AutoCloseable {
    private final Duration retryBudget;
    private final Endpoints endpoints;
    private final Delayer delayer;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final Wire wire;
    private final Set<Request> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    HttpTransport(
            HttpTimestampClientSettings settings,
            Delayer delayer,
            MonotonicClock clock,
            RandomGenerator random,
            Executor executor) {
        this.retryBudget = settings.retryBudget();
        this.endpoints = new Endpoints(settings.endpoints(), settings.token());
        this.delayer = delayer;
        this.clock = clock;
        this.random = random;
        this.wire = new Wire(settings, executor);
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

    /** Posts and returns before the answer is there; the future fails with what {@link #post} throws. */
    CompletableFuture<Answer> postAsync(String path, String json) {
        return start("POST", path, json).outcome;
    }

    /** Returns a name for a request that must be known again when it is sent again. */
    UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Refuses requests from now on, and fails those that are under way. */
    @Override
    public void close() {
        isClosed = true;
        underWay.forEach(request -> request.fail(OracleErrors.closed()));
        wire.close();
    }

    private Answer send(String method, String path, String json) {
        Request request = start(method, path, json);
        try {
            return request.outcome.get();
        } catch (InterruptedException e) {
            request.fail(OracleErrors.interrupted());
            Thread.currentThread().interrupt();
            throw OracleErrors.interrupted();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimestampException failure) {
                throw OracleErrors.again(failure);
            }
            throw new IllegalStateException("a request failed in an unexpected way", e.getCause());
        }
    }

    private Request start(String method, String path, String json) {
        Request request = new Request(method, path, json);
        underWay.add(request);
        request.outcome.whenComplete((answer, failure) -> underWay.remove(request));
        request.attempt();
        return request;
    }

    /** One request with its attempts, of which one is under way at a time. */
    private final class Request {
        private final String method;
        private final String path;
        private final String json;
        private final Attempts attempts = new Attempts(endpoints, retryBudget, clock, random);
        private final CompletableFuture<Answer> outcome = new CompletableFuture<>();

        /** Null before the first. */
        private volatile CompletableFuture<Reply> attempt;

        private Request(String method, String path, String json) {
            this.method = method;
            this.path = path;
            this.json = json;
        }

        private void attempt() {
            if (isClosed) {
                fail(OracleErrors.closed());
            }
            if (outcome.isDone()) {
                return;
            }
            URI server = attempts.server();
            attempt = wire.exchange(method, server, path, json, endpoints.tokenFor(server));
            if (outcome.isDone()) {
                attempt.cancel(true);
            }
            attempt.whenComplete(this::proceed);
        }

        private void proceed(Reply reply, Throwable failure) {
            if (outcome.isDone()) {
                return;
            }
            try {
                Attempts.Next next =
                        failure == null ? attempts.answered(path, reply) : attempts.unanswered(wire.cause(failure));
                if (next instanceof Attempts.Again again) {
                    sendAgain(again.pause());
                } else if (next instanceof Attempts.Failed failed) {
                    outcome.completeExceptionally(failed.failure());
                } else {
                    outcome.complete(((Attempts.Ended) next).answer());
                }
            } catch (RuntimeException e) {
                fail(new TimestampException(
                        ErrorCode.INTERNAL, "sending a request failed: " + e, "Report this as a defect.", e));
            }
        }

        private void sendAgain(Duration pause) {
            if (pause.isZero()) {
                attempt();
            } else {
                delayer.after(pause, this::attempt);
            }
        }

        /** Ends the request and its attempt. */
        private void fail(TimestampException reason) {
            outcome.completeExceptionally(reason);
            CompletableFuture<Reply> present = attempt;
            if (present != null) {
                present.cancel(true);
            }
        }
    }
}
