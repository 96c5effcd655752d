package dev.tidemark.kvs.transaction;

import java.util.Set;
import java.util.function.Supplier;

/** Takes a step before and after each call of an oracle, so that others move in between. */
record SteppingOracle(TransactionOracle oracle, Runnable step) implements TransactionOracle {
    @Override
    public long freshTimestamp() {
        return call(oracle::freshTimestamp);
    }

    @Override
    public ImmutableTimestampLease lockImmutableTimestamp(LeaseToken token) {
        return call(() -> oracle.lockImmutableTimestamp(token));
    }

    @Override
    public long commitTimestamp(LeaseToken token) {
        return call(() -> oracle.commitTimestamp(token));
    }

    @Override
    public Set<LeaseToken> refresh(Set<LeaseToken> tokens) {
        return call(() -> oracle.refresh(tokens));
    }

    @Override
    public Set<LeaseToken> unlock(Set<LeaseToken> tokens) {
        return call(() -> oracle.unlock(tokens));
    }

    @Override
    public long immutableTimestamp() {
        return call(oracle::immutableTimestamp);
    }

    @Override
    public boolean isSettled(long commitTimestamp) {
        return call(() -> oracle.isSettled(commitTimestamp));
    }

    @Override
    public long leaseDurationMillis() {
        return oracle.leaseDurationMillis();
    }

    private <T> T call(Supplier<T> effect) {
        step.run();
        T result = effect.get();
        step.run();
        return result;
    }
}
