package dev.tidemark.cli.demo;

import java.time.Duration;

/**
 * Size and seed of the workload.
 *
 * @param clients threads that run transactions, &gt;= 1
 * @param accounts accounts of the bank, &gt;= 2
 * @param ringNodes nodes of the ring, &gt;= 4
 * @param pairs cells that exist in both tables, &gt;= 1
 * @param documents cells of a table that nobody changes after the set-up, &gt;= 0
 * @param documentBytes size of each of them, &gt;= 1
 * @param pause how long a client waits after each transaction, &gt;= 0
 * @param seed of everything random in the workload
 */
public record WorkloadSettings(
        int clients,
        int accounts,
        int ringNodes,
        int pairs,
        int documents,
        int documentBytes,
        Duration pause,
        long seed) {
    /** Checks the ranges. */
    public WorkloadSettings {
        requireAtLeast("clients", clients, 1);
        requireAtLeast("accounts", accounts, 2);
        requireAtLeast("ringNodes", ringNodes, 4);
        requireAtLeast("pairs", pairs, 1);
        requireAtLeast("documents", documents, 0);
        requireAtLeast("documentBytes", documentBytes, 1);
        if (pause.isNegative()) {
            throw new IllegalArgumentException("pause: " + pause + " (expected: >= 0)");
        }
    }

    /** Returns a small workload that leaves room for others on two cores: 4 clients, 24 MiB of documents. */
    public static WorkloadSettings withSeed(long seed) {
        return new WorkloadSettings(4, 100, 64, 50, 3_000, 8 * 1024, Duration.ofMillis(3), seed);
    }

    /** Returns these settings with another number of clients. */
    public WorkloadSettings withClients(int otherClients) {
        return new WorkloadSettings(otherClients, accounts, ringNodes, pairs, documents, documentBytes, pause, seed);
    }

    /** Returns these settings with other documents. */
    public WorkloadSettings withDocuments(int otherDocuments, int otherDocumentBytes) {
        return new WorkloadSettings(
                clients, accounts, ringNodes, pairs, otherDocuments, otherDocumentBytes, pause, seed);
    }

    private static void requireAtLeast(String name, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
        }
    }
}
