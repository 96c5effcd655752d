package dev.tidemark.coordinator.simulation;

/** An invariant that does not hold. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    Violation(String invariant, String message) {
        super(invariant + ": " + message);
        this.invariant = invariant;
    }

    Violation(String invariant, String message, Throwable cause) {
        super(invariant + ": " + message, cause);
        this.invariant = invariant;
    }

    String invariant() {
        return invariant;
    }
}
