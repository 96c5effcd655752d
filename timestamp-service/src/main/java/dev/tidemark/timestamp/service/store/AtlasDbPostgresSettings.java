package dev.tidemark.timestamp.service.store;

import dev.tidemark.timestamp.migration.ForeignBound;
import dev.tidemark.timestamp.postgres.AtlasDbPostgresBound;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.NotNull;

/**
 * A table that AtlasDB has in PostgreSQL. A null stands for the default.
 *
 * @param url as in {@link PostgresStoreSettings}
 * @param user role that owns the table
 * @param password default none; not printed
 * @param timeout how long to wait for a connection, and again for an answer, 100 ms..1 min; default 800 ms
 * @param schema of the table; default {@code public}
 * @param table default {@code _timestamp}; AtlasDB's prefix stands before it
 * @param client whose row it is in {@code pt_timelock_db_ts}; default none
 */
public record AtlasDbPostgresSettings(
        @NotNull String url,
        @NotNull String user,
        String password,
        Duration timeout,
        String schema,
        String table,
        String client)
        implements ForeignBoundSettings {
    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public AtlasDbPostgresSettings {
        schema = schema == null ? "public" : schema;
        table = table == null ? "_timestamp" : table;
        client = client == null ? "" : client;
        new AtlasDbPostgresBound.Row(schema, table, client);
        if (url != null && user != null) {
            PostgresStoreSettings.server(url, user, password, timeout);
        }
    }

    @Override
    public ForeignBound open() {
        return AtlasDbPostgresBound.open(
                PostgresStoreSettings.server(url, user, password, timeout),
                new AtlasDbPostgresBound.Row(schema, table, client));
    }

    @Override
    public String toString() {
        return "AtlasDbPostgresSettings[server=" + PostgresStoreSettings.server(url, user, password, timeout)
                + ", schema=" + schema + ", table=" + table + ", client=" + client + "]";
    }
}
