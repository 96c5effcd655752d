package dev.tidemark.timestamp.hot;

import dev.tidemark.timestamp.oracle.TimestampOracle;
import java.util.Optional;

/** Finds the oracles that can be asked at once. Thread-safe; never waits. */
@FunctionalInterface
public interface OpenOracles {
    /** Returns the oracle of a namespace; empty unless this process leads and has used the namespace since it does. */
    Optional<TimestampOracle> open(String namespace);
}
