package dev.tidemark.timestamp.http;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides what a request does after each of its attempts. Sends and waits for nothing itself. For one request, one attempt at a time.
 *
 * <p>An attempt fails with 429, 503 or without an answer; the next one goes to the next server, after a wait that doubles
 * from 10 ms to 1 s and is shortened at random by up to a half, and that is no shorter than the server asks for. A 308 is followed at
 * once: its location names the server that leads, and the same path is sent there.
 */
final class Attempts {
    private static final int MAX_ATTEMPTS = 1000;
    private static final int MAX_REDIRECTS = 10;
    private static final Duration FIRST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 20;

    private final Endpoints endpoints;
    private final long budgetNanos;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final long startNanos;

    private URI server;
    private int attempts;
    private int redirects;
    private int waits;

    /**
     * Begins a request.
     *
     * @param budget how long it may be sent again, from now on
     */
    Attempts(Endpoints endpoints, Duration budget, MonotonicClock clock, RandomGenerator random) {
        this.endpoints = endpoints;
        this.budgetNanos = budget.toNanos();
        this.clock = clock;
        this.random = random;
        this.startNanos = clock.nanoTime();
        this.server = endpoints.preferred();
    }

    /** Returns where the next attempt goes. */
    URI server() {
        return server;
    }

    /** Decides after an answer. */
    Next answered(String path, Reply reply) {
        Optional<URI> leader = reply.status() == 308 ? endpoints.leader(server, reply.location()) : Optional.empty();
        Answer answer = new Answer(URI.create(server + path), reply.status(), reply.body());
        if (leader.isPresent() && redirects < MAX_REDIRECTS) {
            redirects++;
            server = leader.get();
            return again(Duration.ZERO, answer.error());
        }
        if (reply.status() != 429 && reply.status() != 503 && reply.status() != 308) {
            endpoints.answered(server);
            return new Ended(answer);
        }
        return next(answer.error(), Duration.ofSeconds(reply.retryAfterSeconds()));
    }

    /** Decides when no answer has come. */
    Next unanswered(IOException cause) {
        return next(noAnswer(cause), Duration.ZERO);
    }

    private Next next(TimestampException failure, Duration asked) {
        redirects = 0;
        server = endpoints.after(server);
        long wait = Math.min(FIRST_WAIT.toNanos() << Math.min(waits, MAX_DOUBLINGS), LONGEST_WAIT.toNanos());
        long shortened = wait / 2 + random.nextLong(wait / 2 + 1);
        waits++;
        Duration pause = Duration.ofNanos(Math.max(shortened, asked.toNanos()));
        long left = budgetNanos - (clock.nanoTime() - startNanos);
        return pause.toNanos() > left ? new Failed(failure) : again(pause, failure);
    }

    private Next again(Duration pause, TimestampException failure) {
        attempts++;
        return attempts < MAX_ATTEMPTS ? new Again(pause) : new Failed(failure);
    }

    private TimestampException noAnswer(IOException cause) {
        String kind = cause instanceof ConnectException ? "nothing accepts a connection there" : cause.toString();
        String reason = cause.getMessage() == null ? kind : cause.getMessage();
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "no answer from the timestamp oracle at '" + server + "': " + reason,
                "Check that the timestamp oracle is up and that its address is right.",
                cause);
    }

    /** What a request does next. */
    sealed interface Next permits Ended, Failed, Again {}

    /** It has its answer. */
    record Ended(Answer answer) implements Next {}

    /** It is given up. */
    record Failed(TimestampException failure) implements Next {}

    /** It is sent again, to {@link #server}, after a pause. */
    record Again(Duration pause) implements Next {}
}
