package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.timestamp.TimestampClient;
import java.util.function.Supplier;

/**
 * What is put around the parts that a configuration names, to watch them, to slow them down or to make them fail. By default
 * nothing is.
 */
public interface Decoration {
    /** Leaves everything as it is. */
    Decoration NONE = new Decoration() {};

    /** Returns what is used instead of the archive's object store; called each time that it is opened. */
    default ObjectStore objectStore(ObjectStore objectStore) {
        return objectStore;
    }

    /** Returns what is used instead of the oracle; closing it must close the oracle. */
    default TimestampClient oracle(TimestampClient oracle) {
        return oracle;
    }

    /**
     * Opens the oracle; for whoever has one already, and does not want the configured one opened.
     *
     * @param configured opens the one that is configured
     */
    default TimestampClient openOracle(Supplier<TimestampClient> configured) {
        return oracle(configured.get());
    }

    /** Returns what is used instead of a store's connector. */
    default StoreConnector connector(StoreConnector connector) {
        return connector;
    }

    /** Returns who is told what an operation does, instead of the given one. */
    default OperationListener listener(OperationListener listener) {
        return listener;
    }
}
