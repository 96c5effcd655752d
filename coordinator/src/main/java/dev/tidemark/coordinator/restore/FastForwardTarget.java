package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Works out how far the oracle must be ahead after a change of a namespace's past: above every timestamp that was ever issued as
 * far as anybody knows, by the backups, by the epochs of operations, and by the oracle itself if it is still there.
 */
public final class FastForwardTarget {
    static final String OF_ALL_BACKUPS = "greatest fast-forward timestamp of all backups";
    static final String OF_EPOCHS = "greatest fencing epoch in the archive";
    /** Name of the input that is the last timestamp the oracle has issued; 0 when it does not say. */
    public static final String OF_ORACLE = "last timestamp of the oracle";

    private final TimestampClient oracles;
    private final String namespace;
    private final Operations operations;

    /** Creates the calculation for a namespace. */
    public FastForwardTarget(TimestampClient oracles, String namespace, Operations operations) {
        this.oracles = oracles;
        this.namespace = namespace;
        this.operations = operations;
    }

    /**
     * Returns what is known, value by name; the target is the greatest. What a damaged manifest said is lost: the epoch of its
     * operation is below it, that of a later one above.
     */
    public Map<String, Long> inputs(BackupList backups) {
        Map<String, Long> inputs = new TreeMap<>();
        inputs.put(
                OF_ALL_BACKUPS,
                backups.backups().stream()
                        .mapToLong(BackupSummary::fastForwardTimestamp)
                        .reduce(0, Math::max));
        inputs.put(OF_EPOCHS, operations.lastEpoch());
        inputs.put(OF_ORACLE, lastTimestamp());
        return inputs;
    }

    /** Returns the greatest of the inputs. */
    public static long greatest(Map<String, Long> inputs) {
        return inputs.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    /**
     * Makes sure that no fence is in the way: none is up, or that of an operation that has ended.
     *
     * @throws CoordinatorException {@link ErrorCode#FENCE_CONFLICT} when there is one
     */
    public void requireNoForeignFence() {
        oracle().flatMap(NamespaceOracle::currentFence)
                .filter(fence -> !operations.journal().hasEnded(fence))
                .ifPresent(fence -> {
                    throw new CoordinatorException(
                            ErrorCode.FENCE_CONFLICT,
                            "namespace '" + namespace + "' is fenced by '" + fence + "' (expected: no fence)",
                            "Complete or cancel '" + fence
                                    + "' with the configuration that it was begun with; nothing was" + " changed.");
                });
    }

    private Optional<NamespaceOracle> oracle() {
        return oracles.namespaces().contains(namespace) ? Optional.of(oracles.namespace(namespace)) : Optional.empty();
    }

    private long lastTimestamp() {
        Optional<NamespaceOracle> oracle = oracle();
        if (oracle.isEmpty() || oracle.get().currentFence().isPresent()) {
            return 0;
        }
        try {
            return oracle.get().freshTimestamp();
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.NAMESPACE_FENCED) {
                return 0;
            }
            throw e;
        }
    }
}
