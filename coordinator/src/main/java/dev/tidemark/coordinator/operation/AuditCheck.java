package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.audit.AuditChain;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the audit log of an archive with the journals of its namespaces: every operation that has ended since the log began must
 * have its end in the log, with the same outcome. So a log whose last entries were cut off is found out. Not thread-safe.
 */
public final class AuditCheck {
    private final List<Ended> ended = new ArrayList<>();

    /**
     * Notes the operations of a namespace that have ended. The journals first, then the log: an end is in the log before it is in the
     * journal. Damaged journals are left out; a verification reports them.
     */
    public void addJournals(NamespaceArchive records) {
        Journal journal = new Journal(records, () -> {
            throw new IllegalStateException("a check writes no record");
        });
        journal.list().operations().stream()
                .filter(summary -> summary.outcome() != OperationSummary.Outcome.UNFINISHED)
                .filter(summary -> journal.hasBegun(summary.operationId()))
                .forEach(summary -> ended.add(new Ended(records.namespace(), summary)));
    }

    /** Adds to a chain, which was read after the journals, the ends that it lacks or tells otherwise. */
    public void compare(AuditChain chain) {
        for (Ended operation : ended) {
            OperationSummary summary = operation.summary;
            boolean isOlder = chain.begin().map(summary.updatedAt()::isBefore).orElse(true);
            String outcome = chain.outcome(operation.namespace, summary.operationId())
                    .orElse(isOlder ? summary.outcome().name() : "nothing");
            if (!outcome.equals(summary.outcome().name())) {
                chain.addProblem("the journal of " + summary.type() + " '" + summary.operationId() + "' of namespace '"
                        + operation.namespace + "' says that it ended " + summary.outcome() + ", the log says "
                        + outcome);
            }
        }
    }

    private record Ended(String namespace, OperationSummary summary) {}
}
