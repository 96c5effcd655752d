package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.kvs.TidemarkException;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Writes what this process does to the audit log. Thread-safe. */
public final class AuditTrail {
    private final AuditLog log;
    private final InstantSource clock;
    private final String who;

    /**
     * Creates it.
     *
     * @param who user, host and process
     */
    public AuditTrail(AuditLog log, InstantSource clock, String who) {
        this.log = log;
        this.clock = clock;
        this.who = who;
    }

    /**
     * Does something that is no operation. The log is told first, so that nothing is done that it does not know of; and once more,
     * with the outcome {@code FAILED}, when it could not be done.
     */
    public <T> T around(AuditStatement statement, Supplier<T> action) {
        add(statement);
        try {
            return action.get();
        } catch (TidemarkException e) {
            addQuietly(statement.failed(String.valueOf(e.getMessage())), e);
            throw e;
        }
    }

    private void addQuietly(AuditStatement statement, TidemarkException failure) {
        try {
            add(statement);
        } catch (TidemarkException e) {
            failure.addSuppressed(e);
        }
    }

    /** Adds an entry; durable on return. */
    public void add(AuditStatement statement) {
        log.append(clock.instant(), who, statement);
    }
}
