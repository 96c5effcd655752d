package dev.tidemark.timestamp.oracle;

import dev.tidemark.timestamp.OracleContract;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import java.util.concurrent.atomic.AtomicLong;

class InProcessTimestampClientTest extends OracleContract {
    private InMemoryBoundStore store;
    private TimestampOracles oracles;

    @Override
    protected TimestampClient start(AtomicLong clockNanos) {
        store = new InMemoryBoundStore();
        return open(clockNanos);
    }

    @Override
    protected TimestampClient restart(AtomicLong clockNanos) {
        oracles.close();
        store = store.reopened();
        return open(clockNanos);
    }

    @Override
    protected void stop() {
        oracles.close();
    }

    private TimestampClient open(AtomicLong clockNanos) {
        OracleSettings settings = OracleSettings.defaults().withLeaseDuration(LEASE_DURATION);
        oracles = new TimestampOracles(store, settings, clockNanos::get);
        return new InProcessTimestampClient(oracles);
    }
}
