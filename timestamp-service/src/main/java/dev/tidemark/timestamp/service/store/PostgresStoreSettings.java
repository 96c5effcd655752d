package dev.tidemark.timestamp.service.store;

import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.postgres.FailoverPolicy;
import dev.tidemark.timestamp.postgres.PostgresBoundStore;
import dev.tidemark.timestamp.postgres.PostgresServer;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.NotNull;
import java.util.Objects;

/**
 * Tables of a PostgreSQL database, which several servers have open. A null stands for the default.
 *
 * @param url such as {@code jdbc:postgresql://db-1,db-2/oracle?sslmode=verify-full}; without user and password
 * @param user role
 * @param password default none; not printed
 * @param schema of the tables; created if needed; default {@code tidemark}
 * @param timeout how long to wait for a connection, and again for an answer, 100 ms..1 min; default 800 ms. Twice that has to be less
 *     than the lease
 * @param afterFailover default {@link FailoverPolicy#STOP}
 */
public record PostgresStoreSettings(
        @NotNull String url,
        @NotNull String user,
        String password,
        String schema,
        Duration timeout,
        FailoverPolicy afterFailover)
        implements BoundStoreSettings {
    private static final Duration DEFAULT_TIMEOUT = Duration.milliseconds(800);

    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public PostgresStoreSettings {
        password = password == null ? "" : password;
        schema = schema == null ? "tidemark" : schema;
        timeout = timeout == null ? DEFAULT_TIMEOUT : timeout;
        afterFailover = afterFailover == null ? FailoverPolicy.STOP : afterFailover;
        PostgresBoundStore.checkSchema(schema);
        if (url != null && user != null) {
            server(url, user, password, timeout);
        }
    }

    /** Returns the server; the default timeout when there is none. */
    static PostgresServer server(String url, String user, String password, Duration timeout) {
        return new PostgresServer(
                url,
                user,
                Objects.requireNonNullElse(password, ""),
                Objects.requireNonNullElse(timeout, DEFAULT_TIMEOUT).toJavaDuration());
    }

    @Override
    public BoundStore open() {
        return PostgresBoundStore.open(server(url, user, password, timeout), schema, afterFailover);
    }

    @Override
    public java.time.Duration longestWait() {
        return timeout.toJavaDuration().multipliedBy(2);
    }

    @Override
    public String toString() {
        return "PostgresStoreSettings[server=" + server(url, user, password, timeout) + ", schema=" + schema
                + ", afterFailover=" + afterFailover + "]";
    }
}
