package dev.tidemark.coordinator.agent.throttle;

import java.util.Optional;

/** What every read of a copy has to pass. Thread-safe. */
public final class CopyThrottle {
    private final CopyGate gate;
    private final Optional<BandwidthLimit> limit;

    private CopyThrottle(CopyGate gate, Optional<BandwidthLimit> limit) {
        this.gate = gate;
        this.limit = limit;
    }

    /** Returns a throttle that limits no rate. */
    public static CopyThrottle of(CopyGate gate) {
        return new CopyThrottle(gate, Optional.empty());
    }

    /** Returns a throttle with a limit for the rate. */
    public static CopyThrottle of(CopyGate gate, BandwidthLimit limit) {
        return new CopyThrottle(gate, Optional.of(limit));
    }

    /** Returns the gate. */
    public CopyGate gate() {
        return gate;
    }

    void pass(Runnable permission) {
        permission.run();
        gate.pass(permission);
    }

    void took(int bytes, Runnable permission) {
        limit.ifPresent(each -> each.take(bytes, permission));
    }
}
