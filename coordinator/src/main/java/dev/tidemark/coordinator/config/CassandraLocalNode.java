package dev.tidemark.coordinator.config;

import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Cassandra node on this machine, whose files and JMX this process may use.
 *
 * @param jmx {@code host:port} of its JMX
 * @param jmxCredentials the user of its JMX, or null where it wants none
 * @param jmxTls whether its JMX is behind TLS, with the keys and the trust of this process ({@code javax.net.ssl})
 * @param dataDirectories all of its data directories
 * @param stateDirectory what has to be remembered about the node; null for {@code tidemark/state} beside the first data directory
 * @param stagingDirectory where restores collect files; null for {@code tidemark/staging} beside the first data directory
 */
public record CassandraLocalNode(
        String jmx,
        CassandraCredentials jmxCredentials,
        boolean jmxTls,
        List<Path> dataDirectories,
        Path stateDirectory,
        Path stagingDirectory) {
    private static final Pattern ADDRESS = Pattern.compile("\\[?([^\\[\\]]+?)\\]?:([0-9]{1,5})");

    /** Checks that JMX and a data directory are named. */
    public CassandraLocalNode {
        Required.present("jmx", jmx);
        Required.present("dataDirectories", dataDirectories);
        Required.that(!dataDirectories.isEmpty(), "'dataDirectories' is empty (expected: those of the node)");
        dataDirectories = List.copyOf(dataDirectories);
        address(jmx);
    }

    /** Returns how the JMX is reached; reads the password. */
    JmxOptions jmxOptions(SecretReader secrets) {
        InetSocketAddress address = address(jmx);
        JmxOptions options = JmxOptions.of(address.getHostString(), address.getPort());
        if (jmxCredentials != null) {
            options = options.withUser(jmxCredentials.user(), jmxCredentials.readPassword(secrets));
        }
        return jmxTls ? options.withTls() : options;
    }

    static InetSocketAddress address(String text) {
        Matcher address = ADDRESS.matcher(text);
        Required.that(
                address.matches() && Integer.parseInt(address.group(2)) <= 65_535,
                "address '" + text + "' (expected: host:port)");
        return new InetSocketAddress(address.group(1), Integer.parseInt(address.group(2)));
    }
}
