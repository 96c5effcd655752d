package dev.tidemark.timestamp.migration;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.migration.MigrationPlan.Target;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a sequence of timestamps over from AtlasDB. Used by one thread, while no server has the store open, or none of them can lead.
 *
 * <p>The order of the steps: the namespace exists and is fenced before the limit is invalidated, and the fence is lifted when the bound
 * is durable. So whoever creates namespaces at their first use can't begin the sequence at 1 meanwhile, at no moment can both sides
 * issue, and a run that was killed anywhere leaves a fence by which the next run knows that it may go on. The fence has the
 * name of the limit in its id.
 *
 * <p>What is refused, and why: a namespace that has issued timestamps, as two sequences can't become one; a limit that was invalidated
 * by somebody else, because where AtlasDB has moved the sequence elsewhere this limit is an old one.
 */
public final class OracleMigration {
    private static final String FENCE_PREFIX = "migration-";

    private final ForeignBound source;
    private final BoundStore store;
    private final String namespace;
    private final Set<Consent> consents;

    /** What a person has to state before it is done. */
    public enum Consent {
        /** Others who have their limits in the same table stop too. */
        STOP_OTHERS,
        /** Nobody has issued a timestamp of the sequence since its limit was invalidated, but a migration to this namespace. */
        ALREADY_INVALIDATED
    }

    /**
     * Creates a migration.
     *
     * @param namespace that is to go on from the limit
     * @throws TimestampException {@link ErrorCode#INVALID_INPUT} when no namespace can have this name
     */
    public OracleMigration(ForeignBound source, BoundStore store, String namespace, Set<Consent> consents) {
        this.source = source;
        this.store = store;
        this.namespace = NamespaceName.check(namespace);
        this.consents = Set.copyOf(consents);
    }

    /** Looks at both sides and changes nothing. */
    public MigrationPlan plan() {
        boolean isInvalidated = source.isInvalidated();
        long limit = source.read();
        return new MigrationPlan(source.where(), namespace, limit, isInvalidated, target(limit), source.alsoStopped());
    }

    /**
     * Throws when a plan must not be executed.
     *
     * @param ceiling the highest timestamp to which the oracle can be fast-forwarded
     * @throws TimestampException {@link ErrorCode#NOT_ALLOWED_NOW}, {@link ErrorCode#FENCE_CONFLICT} when a restore has the namespace,
     *     {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when the limit is above the ceiling
     */
    public void check(MigrationPlan plan, long ceiling) {
        OracleLimits.checkFastForward(namespace, plan.limit(), ceiling);
        state().flatMap(BoundState::fence)
                .filter(fence -> !fence.equals(fenceId()))
                .ifPresent(fence -> {
                    throw new TimestampException(
                            ErrorCode.FENCE_CONFLICT,
                            "namespace '" + namespace + "' is fenced by '" + fence + "' (expected: no fence or '"
                                    + fenceId() + "')",
                            "Finish what has set up the fence; a migration that was begun goes on with the same file for --from.");
                });
        boolean isOwn = plan.target() == Target.BEGUN;
        if (plan.isInvalidated() && !isOwn && !consents.contains(Consent.ALREADY_INVALIDATED)) {
            throw new TimestampException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "limit " + plan.limit() + " in " + plan.where()
                            + " was invalidated before, and not by a migration to namespace '" + namespace
                            + "' that is under way" + bound(),
                    "Find out where the sequence has gone, such as to a TimeLock, and take it over from there; if nothing has"
                            + " issued from it since, say so with --already-invalidated.");
        }
        boolean isDone = plan.target() == Target.ABOVE && plan.isInvalidated();
        if (!isDone && (plan.target() == Target.ABOVE || plan.target() == Target.BELOW)) {
            throw new TimestampException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "namespace '" + namespace + "' has issued timestamps of its own" + bound(),
                    "Use a namespace that does not exist yet.");
        }
        if (!plan.isInvalidated() && !plan.alsoStopped().isEmpty() && !consents.contains(Consent.STOP_OTHERS)) {
            throw new TimestampException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    plan.alsoStopped().size() + " others have their limits in the same table, and would stop too: "
                            + String.join(", ", plan.alsoStopped()),
                    "Stop all of them, say so with --stop-others, and migrate each of them with --already-invalidated.");
        }
    }

    /**
     * Does what a plan says; it may be done again, with another plan, whatever has interrupted it.
     *
     * @param oracles over the store, while they may issue
     * @return the first timestamp of the namespace, from which it goes on; empty when nothing was to be done
     * @throws TimestampException also as {@link #check} and {@link ForeignBound}
     */
    public Optional<Long> execute(MigrationPlan plan, TimestampOracles oracles) {
        check(plan, oracles.settings().ceiling());
        if (plan.target() == Target.ABOVE) {
            return Optional.empty();
        }
        TimestampOracle oracle = oracles.createFenced(namespace, fenceId());
        oracle.fence(fenceId());
        long limit = source.invalidate();
        addPoints(limit); // before the oracle adds one of the present, which they would not follow
        oracle.fastForward(limit);
        BoundState durable = store.read(namespace);
        if (durable.bound() < limit || !source.isInvalidated()) {
            throw new TimestampException(
                    ErrorCode.INTERNAL,
                    "namespace '" + namespace + "' has bound " + durable.bound() + " after a migration from " + limit,
                    "Report this as a defect; the namespace stays fenced.");
        }
        oracle.unfence(fenceId());
        return Optional.of(oracle.freshTimestamp());
    }

    /** Adds what AtlasDB knew of times, as far as it follows what is there. */
    private void addPoints(long limit) {
        IssuedPoint last = store.lastPoint(namespace).orElse(null);
        for (IssuedPoint point : source.points()) {
            if (point.timestamp() <= limit && (last == null || point.follows(last))) {
                store.addPoint(namespace, point);
                last = point;
            }
        }
    }

    private Target target(long limit) {
        Optional<BoundState> state = state();
        if (state.isEmpty()) {
            return Target.ABSENT;
        }
        if (state.get().fenceId().equals(fenceId())) {
            return Target.BEGUN;
        }
        if (state.get().bound() == 0) {
            return Target.UNUSED;
        }
        return state.get().bound() >= limit ? Target.ABOVE : Target.BELOW;
    }

    private Optional<BoundState> state() {
        return store.namespaces().contains(namespace) ? Optional.of(store.read(namespace)) : Optional.empty();
    }

    private String bound() {
        return state().map(state -> ", whose bound is " + state.bound()).orElse(", which does not exist");
    }

    /** Returns the id of the fence that this migration sets up: another one for each limit. */
    String fenceId() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(source.where().getBytes(StandardCharsets.UTF_8));
            return FENCE_PREFIX + String.format("%016x", ByteBuffer.wrap(digest).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
