package dev.tidemark.cli.bench.timestamp;

/**
 * What else is measured, beside Tidemark.
 *
 * @param omidClassPath class path of Apache Omid's timestamp server and client; null for none
 * @param postgresUrl JDBC URL of a PostgreSQL server; null for none
 */
public record TimestampPeers(String omidClassPath, String postgresUrl) {
    /** None. */
    public static final TimestampPeers NONE = new TimestampPeers(null, null);
}
