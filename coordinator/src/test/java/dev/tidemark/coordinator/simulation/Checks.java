package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.audit.AuditChain;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.AuditCheck;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable.Part;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** The invariants that are checked from outside, when nothing moves. */
final class Checks {
    private final World world;

    Checks(World world) {
        this.world = world;
    }

    /** I1, I2, I3, I6: what is visible is what the model says. */
    void compareState(String where) {
        Observer.compare(world.model.present(), world.visible(world.cells()), where);
    }

    /** Returns the greatest timestamp anywhere in the data. */
    static long greatestTimestamp(CellStore cells, TransactionsSchemaMap schemas) {
        long greatest = 0;
        for (TableName table : cells.tables()) {
            if (table.isInternal()) {
                continue;
            }
            try (CloseableIterator<CellVersion> scan = cells.scan(table, CellRange.all(), Long.MAX_VALUE)) {
                while (scan.hasNext()) {
                    greatest = Math.max(greatest, scan.next().timestamp());
                }
            }
        }
        CellTransactionTable entries = new CellTransactionTable(cells, schemas);
        Part all = new Part(new TimestampRange(1, greatest + 1_000), 0, 1);
        try (CloseableIterator<TransactionEntry> scan = entries.scan(all)) {
            while (scan.hasNext()) {
                TransactionEntry entry = scan.next();
                greatest = Math.max(greatest, entry.startTimestamp());
                if (entry.state() instanceof TransactionState.Committed committed) {
                    greatest = Math.max(greatest, committed.commitTimestamp());
                }
                if (entry.state() instanceof TransactionState.Staging staging) {
                    greatest = Math.max(greatest, staging.commitTimestamp());
                }
            }
        }
        return greatest;
    }

    /** I7: what is reported complete is in the catalog, what is reported failed is not. */
    void requireCatalog(Coordinator coordinator) {
        Set<String> listed = new TreeSet<>();
        coordinator.catalog(World.NAMESPACE).backups().stream()
                .map(BackupSummary::backupId)
                .forEach(listed::add);
        for (OperationSummary operation : coordinator.operations(World.NAMESPACE)) {
            if (!operation.type().equals("backup")) {
                continue;
            }
            boolean isListed = listed.contains(operation.operationId());
            boolean isExpired = world.model.expired.containsKey(operation.operationId());
            boolean isWrong = operation.outcome() == Outcome.SUCCEEDED
                    ? isListed == isExpired
                    : operation.outcome() != Outcome.UNFINISHED && isListed;
            if (isWrong) {
                throw new Violation(
                        "I7",
                        "backup '" + operation.operationId() + "' is " + operation.outcome() + ", the catalog has "
                                + listed);
            }
        }
    }

    /** I7: every backup is verified to the last byte. */
    void verify() {
        NamespaceArchive archive = world.namespaceArchive();
        ArchiveVerifier verifier = new ArchiveVerifier(archive, VerificationLevel.CONTENT, (done, total) -> {});
        VerificationReport report = verifier.verify(List.copyOf(world.model.backups.keySet()));
        if (!report.isGood()) {
            throw new Violation("I7", "verification: " + report);
        }
    }

    /** I12: the audit log is whole, and tells what the journals tell. */
    void requireAuditLog() {
        AuditCheck journals = new AuditCheck();
        journals.addJournals(world.archive.records(World.NAMESPACE));
        AuditChain chain = world.archive.audit().check();
        journals.compare(chain);
        if (chain.problemCount() > 0) {
            throw new Violation("I12", "audit log: " + chain.problems());
        }
    }

    /** I9: nothing of a dead process is left. */
    void requireNothingLeft(Coordinator coordinator) {
        coordinator.findUnfinished(World.NAMESPACE).ifPresent(operation -> {
            throw new Violation("I9", "operation left: " + operation);
        });
        for (InMemoryStore store : world.stores.values()) {
            for (StoreNode node : store.targetNodes()) {
                if (!node.snapshots().isEmpty()) {
                    throw new Violation("I9", "snapshots left on " + node.id() + ": " + node.snapshots());
                }
            }
        }
        if (!world.oracle.exists()) {
            return;
        }
        world.oracle.raw().currentFence().ifPresent(fence -> {
            throw new Violation("I9", "fence left: " + fence);
        });
        world.time.advance(SimulatedOracle.LEASE.plus(Duration.ofSeconds(5)));
        LeaseToken probe = new LeaseToken(new UUID(world.random.nextLong(), world.random.nextLong()));
        long before = world.oracle.raw().freshTimestamp();
        long immutable = world.oracle.raw().lockImmutableTimestamp(probe).immutableTimestamp();
        world.oracle.raw().unlock(Set.of(probe));
        if (immutable <= before) {
            throw new Violation("I9", "a lease is left at " + immutable);
        }
    }
}
