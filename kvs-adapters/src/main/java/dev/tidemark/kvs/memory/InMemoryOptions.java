package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.Objects;

/**
 * Shape of an in-memory store.
 *
 * @param nodes number of nodes, 1..100
 * @param replicationFactor copies of each cell, 1..nodes
 * @param writeQuorum copies that a write waits for, 1..replicationFactor; see {@link ReadLevel} for reads
 * @param lagPercent how often, 0..100, a replica that a write need not wait for gets it later
 * @param readLevel copies that a read asks
 * @param schemas transactions schemas of the new store
 * @param snapshotSkewLimit how far apart the snapshots of two nodes may lie
 */
public record InMemoryOptions(
        int nodes,
        int replicationFactor,
        int writeQuorum,
        int lagPercent,
        ReadLevel readLevel,
        TransactionsSchemaMap schemas,
        Duration snapshotSkewLimit) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a number is outside of its range
     */
    public InMemoryOptions {
        require("nodes", nodes, 1, 100);
        require("replicationFactor", replicationFactor, 1, nodes);
        require("writeQuorum", writeQuorum, 1, replicationFactor);
        require("lagPercent", lagPercent, 0, 100);
        Objects.requireNonNull(readLevel, "readLevel");
        Objects.requireNonNull(schemas, "schemas");
        Objects.requireNonNull(snapshotSkewLimit, "snapshotSkewLimit");
    }

    /** Creates the shape of a store whose reads ask a quorum. */
    public InMemoryOptions(
            int nodes, int replicationFactor, int writeQuorum, int lagPercent, TransactionsSchemaMap schemas) {
        this(
                nodes,
                replicationFactor,
                writeQuorum,
                lagPercent,
                ReadLevel.QUORUM,
                schemas,
                StoreDescription.NO_SKEW_LIMIT);
    }

    /** Returns the shape of a store with one node. */
    public static InMemoryOptions singleNode(TransactionsSchemaMap schemas) {
        return new InMemoryOptions(1, 1, 1, 0, schemas);
    }

    /** Returns the shape of a store with three nodes that all hold every cell, and write quorum two. */
    public static InMemoryOptions threeNodes(int lagPercent, TransactionsSchemaMap schemas) {
        return new InMemoryOptions(3, 3, 2, lagPercent, schemas);
    }

    /** Returns this shape with another read level. */
    public InMemoryOptions reading(ReadLevel level) {
        return new InMemoryOptions(
                nodes, replicationFactor, writeQuorum, lagPercent, level, schemas, snapshotSkewLimit);
    }

    /** Returns this shape with a limit for how far apart the snapshots of two nodes may lie. */
    public InMemoryOptions withSnapshotSkewLimit(Duration limit) {
        return new InMemoryOptions(nodes, replicationFactor, writeQuorum, lagPercent, readLevel, schemas, limit);
    }

    int readQuorum() {
        return readLevel == ReadLevel.ALL ? replicationFactor : replicationFactor - writeQuorum + 1;
    }

    private static void require(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
