package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;

/**
 * Shape of an in-memory store.
 *
 * @param nodes number of nodes, 1..100
 * @param replicationFactor copies of each cell, 1..nodes
 * @param writeQuorum copies that a write waits for, 1..replicationFactor; a read asks replicationFactor - writeQuorum + 1
 * @param lagPercent how often, 0..100, a replica that a write need not wait for gets it later
 * @param schemas transactions schemas of the new store
 */
public record InMemoryOptions(
        int nodes, int replicationFactor, int writeQuorum, int lagPercent, TransactionsSchemaMap schemas) {
    /** Checks the ranges. */
    public InMemoryOptions {
        require("nodes", nodes, 1, 100);
        require("replicationFactor", replicationFactor, 1, nodes);
        require("writeQuorum", writeQuorum, 1, replicationFactor);
        require("lagPercent", lagPercent, 0, 100);
    }

    /** Returns the shape of a store with one node. */
    public static InMemoryOptions singleNode(TransactionsSchemaMap schemas) {
        return new InMemoryOptions(1, 1, 1, 0, schemas);
    }

    /** Returns the shape of a store with three nodes that all hold every cell, and write quorum two. */
    public static InMemoryOptions threeNodes(int lagPercent, TransactionsSchemaMap schemas) {
        return new InMemoryOptions(3, 3, 2, lagPercent, schemas);
    }

    int readQuorum() {
        return replicationFactor - writeQuorum + 1;
    }

    private static void require(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
