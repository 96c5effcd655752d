package dev.tidemark.coordinator.config;

/**
 * A role of a Cassandra cluster.
 *
 * @param user its name
 * @param password where its password comes from
 */
public record CassandraCredentials(String user, TokenConfiguration password) {
    /** Checks that both are there. */
    public CassandraCredentials {
        Required.present("user", user);
        Required.present("password", password);
    }
}
