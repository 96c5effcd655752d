package dev.tidemark.coordinator.service.access;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What one person alone may not do.
 *
 * @param operations that somebody else has to approve; none by default
 * @param validFor how long after the request it may be approved and carried out, 1 minute to 7 days; PT1H by default
 */
public record ApprovalConfiguration(List<SensitiveOperation> operations, Duration validFor) {
    private static final Duration MIN = Duration.ofMinutes(1);
    private static final Duration MAX = Duration.ofDays(7);

    /** Nobody has to approve anything. */
    public static final ApprovalConfiguration NONE = new ApprovalConfiguration(null, null);

    /**
     * Sets the defaults and checks the range.
     *
     * @throws IllegalArgumentException when it is left
     */
    public ApprovalConfiguration {
        operations = operations == null ? List.of() : List.copyOf(operations);
        validFor = validFor == null ? Duration.ofHours(1) : validFor;
        if (validFor.compareTo(MIN) < 0 || validFor.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("'validFor' is " + validFor + " (expected: " + MIN + " to " + MAX + ")");
        }
    }

    /** Returns what needs an approval. */
    public Set<SensitiveOperation> demanded() {
        return operations.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(operations));
    }
}
