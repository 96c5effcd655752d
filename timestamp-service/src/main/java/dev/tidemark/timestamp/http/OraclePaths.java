package dev.tidemark.timestamp.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.batch.TimestampBatches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The paths that TimeLock and Tidemark's service have in common, for one namespace; one object for each namespace of a client, so that
 * its callers share requests. Thread-safe.
 */
final class OraclePaths implements AutoCloseable {
    private static final int MAX_TOKENS_PER_REQUEST = 5000;

    private final HttpTransport transport;
    private final String namespace;

    /** The greatest timestamp that the client has seen or demanded for this namespace. */
    private final AtomicLong greatest = new AtomicLong();

    private final TimestampBatches batches;

    OraclePaths(
            HttpTransport transport,
            String namespace,
            HttpTimestampClientSettings settings,
            MonotonicClock clock,
            Executor executor) {
        this.transport = transport;
        this.namespace = namespace;
        Duration patience = settings.retryBudget().plus(settings.readTimeout());
        this.batches = new TimestampBatches(this::fetch, settings.batches(), patience, clock, executor);
    }

    /** Fails the calls that wait for timestamps, and every later one. */
    @Override
    public void close() {
        batches.close();
    }

    HttpTransport transport() {
        return transport;
    }

    String namespace() {
        return namespace;
    }

    long freshTimestamp() {
        return batches.freshTimestamps(1).lower();
    }

    TimestampRange freshTimestamps(int count) {
        return batches.freshTimestamps(OracleLimits.checkCount(count));
    }

    CompletableFuture<Long> freshTimestampAsync() {
        return batches.promise(1, lower -> lower);
    }

    CompletableFuture<TimestampRange> freshTimestampsAsync(int count) {
        int given;
        try {
            given = OracleLimits.checkCount(count);
        } catch (TimestampException e) {
            return CompletableFuture.failedFuture(e);
        }
        return batches.promise(given, lower -> new TimestampRange(lower, lower + given - 1));
    }

    /** Sends one request for timestamps. */
    private CompletableFuture<TimestampRange> fetch(int count) {
        long before = greatest.get();
        return transport
                .postAsync("/tl/ts/" + namespace, "{\"numTimestamps\":" + count + "}")
                .thenApply(answer -> range(answer, count, before));
    }

    private TimestampRange range(Answer answer, int count, long before) {
        JsonNode json = answer.json();
        long lower = answer.number(json.path("inclusiveLower"));
        long upper = answer.number(json.path("inclusiveUpper"));
        if (upper < lower || upper - lower != count - 1) {
            throw answer.unintelligible();
        }
        checkGreater(lower, before);
        greatest.accumulateAndGet(upper, Math::max);
        return new TimestampRange(lower, upper);
    }

    /** Checks a timestamp that was issued after {@link #greatestSoFar} gave the other one. */
    void checkGreater(long timestamp, long before) {
        if (timestamp <= before || timestamp < 1) {
            throw new TimestampException(
                    ErrorCode.ORACLE_WENT_BACK,
                    "timestamp oracle issued " + timestamp + " for namespace '" + namespace
                            + "' after it had issued or promised " + before,
                    "Stop the writers, find out whether the oracle has lost its state, and fast-forward it past "
                            + before + ".");
        }
        greatest.accumulateAndGet(timestamp, Math::max);
    }

    long greatestSoFar() {
        return greatest.get();
    }

    ImmutableTimestampLease lockImmutableTimestamp(LeaseToken token) {
        Answer answer = transport.post("/" + namespace + "/timelock/lock-immutable-timestamp", json(token));
        String granted = answer.json().path("lock").path("requestId").asText();
        if (!granted.equals(token.requestId().toString())) {
            throw answer.unintelligible();
        }
        return new ImmutableTimestampLease(token, answer.number("immutableTimestamp"));
    }

    Set<LeaseToken> refresh(Set<LeaseToken> tokens) {
        Set<LeaseToken> refreshed = new LinkedHashSet<>();
        for (List<LeaseToken> part : parts(tokens)) {
            Answer answer = transport.post("/" + namespace + "/timelock/refresh-locks-v2", json(part));
            refreshed.addAll(tokens(answer, answer.json().path("refreshedTokens")));
        }
        refreshed.retainAll(tokens);
        return refreshed;
    }

    /** Unlocks by TimeLock's path, where an unlock whose answer is lost counts as the loss of the lease. */
    Set<LeaseToken> unlock(Set<LeaseToken> tokens) {
        Set<LeaseToken> unlocked = new LinkedHashSet<>();
        for (List<LeaseToken> part : parts(tokens)) {
            Answer answer = transport.post("/" + namespace + "/timelock/unlock", json(part));
            unlocked.addAll(tokens(answer, answer.json()));
        }
        unlocked.retainAll(tokens);
        return unlocked;
    }

    /** Unlocks by Tidemark's path, which confirms a request that had to be sent again. */
    Set<LeaseToken> unlockByName(Set<LeaseToken> tokens) {
        Set<LeaseToken> unlocked = new LinkedHashSet<>();
        for (List<LeaseToken> part : parts(tokens)) {
            String body = "{\"unlockId\":\"" + transport.newId() + "\",\"tokens\":" + json(part) + "}";
            Answer answer = transport.post(HttpNamespaceOracle.ownPath(namespace) + "/unlock", body);
            unlocked.addAll(tokens(answer, answer.json().path("tokens")));
        }
        unlocked.retainAll(tokens);
        return unlocked;
    }

    long immutableTimestamp() {
        return transport.post("/" + namespace + "/timelock/immutable-timestamp").number();
    }

    /** Refuses what an oracle must not be sent: a TimeLock takes Long.MAX_VALUE and never issues a timestamp again. */
    void fastForward(long timestamp) {
        OracleLimits.checkFastForward(namespace, timestamp, OracleLimits.MAX_FAST_FORWARD);
        transport
                .post("/" + namespace + "/timestamp-management/fast-forward?currentTimestamp=" + timestamp)
                .requireSuccess();
        greatest.accumulateAndGet(timestamp, Math::max);
    }

    static String json(LeaseToken token) {
        return "{\"requestId\":\"" + token.requestId() + "\"}";
    }

    private static String json(List<LeaseToken> tokens) {
        return tokens.stream().map(OraclePaths::json).collect(Collectors.joining(",", "[", "]"));
    }

    private static List<List<LeaseToken>> parts(Set<LeaseToken> tokens) {
        List<LeaseToken> all = List.copyOf(tokens);
        List<List<LeaseToken>> parts = new ArrayList<>();
        for (int i = 0; i < all.size(); i += MAX_TOKENS_PER_REQUEST) {
            parts.add(all.subList(i, Math.min(all.size(), i + MAX_TOKENS_PER_REQUEST)));
        }
        return parts;
    }

    private static Set<LeaseToken> tokens(Answer answer, JsonNode array) {
        if (!array.isArray()) {
            throw answer.unintelligible();
        }
        Set<LeaseToken> tokens = new LinkedHashSet<>();
        for (JsonNode node : array) {
            try {
                tokens.add(new LeaseToken(UUID.fromString(node.path("requestId").asText())));
            } catch (IllegalArgumentException e) {
                throw answer.unintelligible();
            }
        }
        return tokens;
    }
}
