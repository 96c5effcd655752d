package dev.tidemark.coordinator.service.access.approval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Approvals that end with the process. */
public final class InMemoryApprovalStore implements ApprovalStore {
    private final Map<String, Approval> byId = new LinkedHashMap<>();

    /** Creates an empty store. */
    public InMemoryApprovalStore() {}

    @Override
    public synchronized void request(Approval approval) {
        if (byId.putIfAbsent(approval.id(), approval) != null) {
            throw new IllegalStateException("approval: '" + approval.id() + "' (expected: an id that is not there)");
        }
    }

    @Override
    public synchronized boolean decide(String id, Approval.Decision decision) {
        Approval present = byId.get(id);
        if (present == null || present.decision() != null) {
            return false;
        }
        byId.put(id, present.withDecision(decision));
        return true;
    }

    @Override
    public synchronized boolean use(String id, Approval.Use use) {
        Approval present = byId.get(id);
        if (present == null || present.use() != null) {
            return false;
        }
        byId.put(id, present.withUse(use));
        return true;
    }

    @Override
    public synchronized Optional<Approval> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public synchronized List<Approval> list() {
        return List.copyOf(byId.values());
    }

    @Override
    public synchronized void remove(String id) {
        byId.remove(id);
    }
}
