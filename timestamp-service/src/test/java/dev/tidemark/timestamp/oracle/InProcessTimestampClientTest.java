package dev.tidemark.timestamp.oracle;

import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.OracleContract;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;

class InProcessTimestampClientTest extends OracleContract {
    private InMemoryBoundStore store;
    private TimestampOracles oracles;

    @Override
    protected TimestampClient start(ManualTime time) {
        store = new InMemoryBoundStore();
        return open(time);
    }

    @Override
    protected TimestampClient restart(ManualTime time) {
        oracles.close();
        store = store.reopened();
        return open(time);
    }

    @Override
    protected void stop() {
        oracles.close();
    }

    private TimestampClient open(ManualTime time) {
        OracleSettings settings = OracleSettings.defaults().withLeaseDuration(LEASE_DURATION);
        oracles = new TimestampOracles(store, settings, time.seams());
        return new InProcessTimestampClient(oracles);
    }
}
