package dev.tidemark.coordinator.config;

/**
 * A role of a Cassandra cluster, or a user of a node's JMX.
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

    /** Reads the password. */
    String readPassword(SecretReader secrets) {
        return secrets.line("password of '" + user + "'", password.file(), password.environment());
    }
}
