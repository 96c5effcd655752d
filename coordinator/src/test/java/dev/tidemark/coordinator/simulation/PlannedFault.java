package dev.tidemark.coordinator.simulation;

/**
 * A fault and the call that it waits for.
 *
 * <p>Counts the calls of the process that match, and is due at one of them.
 */
final class PlannedFault {
    private final Fault fault;
    /** Name of a step, or beginning of a call's name, or empty for every call. */
    private final String where;

    private int callsLeft;

    PlannedFault(Fault fault, String where, int callsLeft) {
        this.fault = fault;
        this.where = where;
        this.callsLeft = callsLeft;
    }

    Fault fault() {
        return fault;
    }

    boolean isDueAt(String step, String call) {
        boolean matches = where.isEmpty() || step.equals(where) || call.startsWith(where);
        return matches && callsLeft-- == 0;
    }

    @Override
    public String toString() {
        return fault + " at " + (where.isEmpty() ? "any call" : where) + " in " + callsLeft + " calls";
    }
}
