package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.ClusterShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The files that a node reads when it starts. */
final class NodeConfiguration {
    private NodeConfiguration() {}

    static void write(ClusterShape shape, String cluster, NodePlan node, List<NodePlan> all) throws IOException {
        Files.createDirectories(node.directory());
        String settings =
                switch (shape.version()) {
                    case APACHE_5_0 -> APACHE_5_0;
                    case PALANTIR_2_2 -> throw new IllegalStateException("not there yet");
                };
        Files.writeString(node.configuration(), common(shape, cluster, node, all) + settings);
        Files.writeString(node.logConfiguration(), LOGBACK.formatted(node.log()));
    }

    private static String common(ClusterShape shape, String cluster, NodePlan node, List<NodePlan> all) {
        return COMMON.formatted(
                cluster,
                shape.partitioner().className(),
                node.tokens().size(),
                String.join(",", node.tokens()),
                node.address(),
                node.address(),
                node.storagePort(),
                node.cqlPort(),
                all.stream().map(NodeConfiguration::seed).collect(Collectors.joining(",")),
                node.data().stream().map(path -> "  - " + path).collect(Collectors.joining("\n")),
                stored(node, "commitlog"),
                stored(node, "saved_caches"),
                stored(node, "hints"));
    }

    private static String seed(NodePlan node) {
        return node.address() + ":" + node.storagePort();
    }

    private static Path stored(NodePlan node, String name) {
        return node.stored().resolve(name);
    }

    private static final String COMMON =
            """
            cluster_name: '%s'
            partitioner: %s
            num_tokens: %d
            initial_token: '%s'
            auto_bootstrap: false
            listen_address: %s
            rpc_address: %s
            storage_port: %d
            native_transport_port: %d
            start_native_transport: true
            endpoint_snitch: SimpleSnitch
            dynamic_snitch: false
            seed_provider:
            - class_name: org.apache.cassandra.locator.SimpleSeedProvider
              parameters:
              - seeds: '%s'
            data_file_directories:
            %s
            commitlog_directory: %s
            saved_caches_directory: %s
            hints_directory: %s
            disk_failure_policy: stop
            commit_failure_policy: stop
            # Or each TRUNCATE and DROP would leave a snapshot.
            auto_snapshot: false
            concurrent_reads: 8
            concurrent_writes: 8
            concurrent_counter_writes: 2
            commitlog_sync: periodic
            """;

    private static final String APACHE_5_0 =
            """
            commitlog_sync_period: 10s
            commitlog_segment_size: 8MiB
            commitlog_total_space: 128MiB
            memtable_heap_space: 64MiB
            memtable_offheap_space: 64MiB
            file_cache_size: 32MiB
            key_cache_size: 4MiB
            counter_cache_size: 0MiB
            compaction_throughput: 0MiB/s
            stream_throughput_outbound: 0MiB/s
            # Machines that run builds stall.
            read_request_timeout: 30s
            range_request_timeout: 60s
            write_request_timeout: 30s
            cas_contention_timeout: 30s
            truncate_request_timeout: 60s
            request_timeout: 60s
            """;

    private static final String LOGBACK =
            """
            <configuration>
              <appender name="file" class="ch.qos.logback.core.FileAppender">
                <file>%s</file>
                <encoder><pattern>%%-5level [%%thread] %%d{ISO8601} %%logger{20}:%%line - %%msg%%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="file"/></root>
            </configuration>
            """;
}
