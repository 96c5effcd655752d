package dev.tidemark.timestamp.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A namespace of Tidemark's timestamp service. */
final class HttpNamespaceOracle implements NamespaceOracle {
    private final OraclePaths paths;
    private final String ownPath;
    private final long leaseDurationMillis;

    HttpNamespaceOracle(OraclePaths paths, long leaseDurationMillis) {
        this.paths = paths;
        this.ownPath = ownPath(paths.namespace());
        this.leaseDurationMillis = leaseDurationMillis;
    }

    static String ownPath(String namespace) {
        return "/tidemark/v1/" + namespace;
    }

    @Override
    public String namespace() {
        return paths.namespace();
    }

    @Override
    public long freshTimestamp() {
        return paths.freshTimestamp();
    }

    @Override
    public TimestampRange freshTimestamps(int count) {
        return paths.freshTimestamps(count);
    }

    @Override
    public CompletableFuture<Long> freshTimestampAsync() {
        return paths.freshTimestampAsync();
    }

    @Override
    public CompletableFuture<TimestampRange> freshTimestampsAsync(int count) {
        return paths.freshTimestampsAsync(count);
    }

    @Override
    public ImmutableTimestampLease lockImmutableTimestamp(LeaseToken token) {
        return paths.lockImmutableTimestamp(token);
    }

    @Override
    public long commitTimestamp(LeaseToken token) {
        long before = paths.greatestSoFar();
        long timestamp = paths.transport()
                .post(ownPath + "/commit-timestamp", OraclePaths.json(token))
                .number();
        paths.checkGreater(timestamp, before);
        return timestamp;
    }

    @Override
    public Set<LeaseToken> refresh(Set<LeaseToken> tokens) {
        return paths.refresh(tokens);
    }

    @Override
    public Set<LeaseToken> unlock(Set<LeaseToken> tokens) {
        return paths.unlockByName(tokens);
    }

    @Override
    public long immutableTimestamp() {
        return paths.immutableTimestamp();
    }

    @Override
    public boolean isSettled(long commitTimestamp) {
        Answer answer = paths.transport().post(ownPath + "/settled", "{\"commitTimestamp\":" + commitTimestamp + "}");
        JsonNode isSettled = answer.json().path("settled");
        if (!isSettled.isBoolean()) {
            throw answer.unintelligible();
        }
        return isSettled.booleanValue();
    }

    @Override
    public long leaseDurationMillis() {
        return leaseDurationMillis;
    }

    @Override
    public void fastForward(long timestamp) {
        paths.fastForward(timestamp);
    }

    @Override
    public long fence(String fenceId) {
        return paths.transport().put(fencePath(fenceId), "").number("lastTimestamp");
    }

    @Override
    public void unfence(String fenceId) {
        paths.transport().delete(fencePath(fenceId)).requireSuccess();
    }

    @Override
    public Optional<String> currentFence() {
        Answer answer = paths.transport().get(ownPath);
        JsonNode fenceId = answer.json().path("fenceId");
        return fenceId.isTextual() ? Optional.of(fenceId.textValue()) : Optional.empty();
    }

    @Override
    public List<IssuedPoint> timeIndex(long afterTimestamp, int maxPoints) {
        int limit = OracleLimits.checkPoints(maxPoints);
        Answer answer = paths.transport().get(ownPath + "/time-index?after=" + afterTimestamp + "&limit=" + limit);
        JsonNode array = answer.json().path("points");
        if (!array.isArray() || array.size() > limit) {
            throw answer.unintelligible();
        }
        List<IssuedPoint> points = new ArrayList<>(array.size());
        for (JsonNode node : array) {
            IssuedPoint point = point(node, answer);
            boolean isInOrder = points.isEmpty()
                    ? point.timestamp() > afterTimestamp
                    : point.follows(points.get(points.size() - 1));
            if (!isInOrder) {
                throw answer.unintelligible();
            }
            points.add(point);
        }
        return points;
    }

    private static IssuedPoint point(JsonNode node, Answer answer) {
        JsonNode timestamp = node.path("timestamp");
        if (!timestamp.isIntegralNumber() || !timestamp.canConvertToLong()) {
            throw answer.unintelligible();
        }
        try {
            return new IssuedPoint(Instant.parse(node.path("instant").asText()), timestamp.longValue());
        } catch (DateTimeException | IllegalArgumentException e) {
            throw answer.unintelligible();
        }
    }

    private String fencePath(String fenceId) {
        return ownPath + "/fence?fenceId=" + URLEncoder.encode(fenceId, StandardCharsets.UTF_8);
    }
}
