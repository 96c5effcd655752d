package dev.tidemark.timestamp.postgres;

/** What happens when PostgreSQL is found on another timeline than the one on which the bounds were written. */
public enum FailoverPolicy {
    /**
     * The store stops for good: a person looks whether a bound was lost. Right for standbys that are not synchronous, and
     * against a backup of the database that was restored.
     */
    STOP,

    /** The store goes on. Right only where no standby is ever promoted that lacks an acknowledged change. */
    CONTINUE
}
