package dev.tidemark.cli.bench;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The cluster of one node, on this machine, that a benchmark works with.
 *
 * @param contactPoint its CQL
 * @param datacenter its data center
 * @param jmx its JMX
 * @param dataDirectory its only data directory
 * @param esop the jar of com.instaclustr:esop, as a baseline; null for none
 * @param entries how many entries the transactions tables get
 */
public record CassandraTarget(
        InetSocketAddress contactPoint,
        String datacenter,
        InetSocketAddress jmx,
        Path dataDirectory,
        Path esop,
        long entries) {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    CqlSettings cql() {
        return CqlSettings.of(List.of(contactPoint), datacenter).withRequestTimeout(TIMEOUT);
    }

    JmxOptions jmxOptions() {
        return JmxOptions.of(jmx.getHostString(), jmx.getPort());
    }

    /** Opens a session with nothing of Tidemark around it. */
    CqlSession bareSession() {
        return CqlSession.builder()
                .addContactPoint(contactPoint)
                .withLocalDatacenter(datacenter)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, TIMEOUT)
                        .withBoolean(DefaultDriverOption.REQUEST_LOG_WARNINGS, false)
                        .build())
                .build();
    }
}
