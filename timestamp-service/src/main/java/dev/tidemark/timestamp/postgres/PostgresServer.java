package dev.tidemark.timestamp.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/**
 * A database of a PostgreSQL server, and how to log in.
 *
 * @param url such as {@code jdbc:postgresql://db-1,db-2/oracle?sslmode=verify-full}; without user and password
 * @param user role
 * @param password empty when the server asks for none
 * @param timeout how long to wait for a connection, and again for the answer to a statement, 100 ms..1 min
 */
public record PostgresServer(String url, String user, String password, Duration timeout) {
    private static final Pattern URL = Pattern.compile("jdbc:postgresql:(//)?[^\\s]+");
    private static final Pattern CREDENTIALS = Pattern.compile("[?&](user|password|sslpassword)=|//[^/?]*@");
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public PostgresServer {
        if (CREDENTIALS.matcher(url).find()) {
            throw new IllegalArgumentException("url: it has credentials (expected: them under 'user' and 'password')");
        }
        if (!URL.matcher(url).matches()) {
            throw new IllegalArgumentException(
                    "url: '" + url + "' (expected: one such as jdbc:postgresql://db/oracle)");
        }
        if (user.isEmpty()) {
            throw new IllegalArgumentException("user: '' (expected: a role of the server)");
        }
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: 100 ms..1 min)");
        }
    }

    /** Says which server it is, for people. */
    String describe() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    /**
     * Connects. Whatever is asked later fails, and breaks the connection, when there is no answer within the timeout.
     *
     * @throws SQLException when there is no connection within the timeout
     */
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (!password.isEmpty()) {
            properties.setProperty("password", password);
        }
        // The driver's own limits are in seconds, but for the one of the whole login.
        properties.setProperty("loginTimeout", String.format(Locale.ROOT, "%.3f", timeout.toMillis() / 1000.0));
        properties.setProperty("connectTimeout", Long.toString(wholeSeconds()));
        properties.setProperty("socketTimeout", Long.toString(wholeSeconds()));
        properties.setProperty("targetServerType", "primary");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "tidemark");
        Connection connection = new Driver().connect(url, properties);
        if (connection == null) {
            throw new SQLException("the driver does not know this address", "08001");
        }
        try {
            connection.setNetworkTimeout(Runnable::run, (int) timeout.toMillis());
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** How long the server works on a statement: it gives up before this side does, so that the outcome is known. */
    long statementMillis() {
        return timeout.toMillis() * 4 / 5;
    }

    private long wholeSeconds() {
        return timeout.plusMillis(999).toSeconds();
    }

    @Override
    public String toString() {
        return "PostgresServer[url=" + describe() + ", user=" + user + ", password="
                + (password.isEmpty() ? "none" : "hidden") + ", timeout=" + timeout + "]";
    }
}
