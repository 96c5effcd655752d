package dev.tidemark.kvs.cassandra.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The files that a node reads when it starts. */
final class NodeConfiguration {
    private static final String COMMON =
            """
            cluster_name: '%s'
            partitioner: %s
            num_tokens: %d
            initial_token: '%s'
            auto_bootstrap: false
            listen_address: %s
            rpc_address: %s
            broadcast_rpc_address: %s
            storage_port: %d
            native_transport_port: %d
            start_native_transport: true
            endpoint_snitch: SimpleSnitch
            dynamic_snitch: false
            data_file_directories:
            %s
            disk_failure_policy: stop
            commit_failure_policy: stop
            # Or each TRUNCATE and DROP would leave a snapshot.
            auto_snapshot: false
            concurrent_reads: 8
            concurrent_writes: 8
            concurrent_counter_writes: 2
            commitlog_sync: periodic
            """;

    private static final String APACHE =
            """
            seed_provider:
            - class_name: org.apache.cassandra.locator.SimpleSeedProvider
              parameters:
              - seeds: '%s'
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

    private static final String PALANTIR_2_2 =
            """
            seed_provider:
            - class_name: org.apache.cassandra.locator.SimpleSeedProvider
              parameters:
              - seeds: '%s'
            persistent_settings_directory: %s
            request_scheduler: org.apache.cassandra.scheduler.NoScheduler
            # Thrift isn't used.
            start_rpc: false
            commitlog_sync_period_in_ms: 10000
            commitlog_segment_size_in_mb: 8
            commitlog_total_space_in_mb: 128
            memtable_heap_space_in_mb: 64
            memtable_offheap_space_in_mb: 64
            file_cache_size_in_mb: 32
            key_cache_size_in_mb: 4
            counter_cache_size_in_mb: 0
            compaction_throughput_mb_per_sec: 0
            stream_throughput_outbound_megabits_per_sec: 0
            # Machines that run builds stall.
            read_request_timeout_in_ms: 30000
            range_request_timeout_in_ms: 60000
            write_request_timeout_in_ms: 30000
            cas_contention_timeout_in_ms: 30000
            truncate_request_timeout_in_ms: 60000
            request_timeout_in_ms: 60000
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

    private NodeConfiguration() {}

    /**
     * Writes them for one node of a cluster. Each node is a seed, so that any two of them find each other.
     *
     * @param clientAddress where it listens for clients; they are told its own address
     */
    static void write(ClusterPlan cluster, NodePlan node, String clientAddress) throws IOException {
        Files.createDirectories(node.directory());
        String common = COMMON.formatted(
                cluster.name(),
                cluster.shape().partitioner().className(),
                node.tokens().size(),
                String.join(",", node.tokens()),
                node.address(),
                clientAddress,
                node.address(),
                node.storagePort(),
                node.cqlPort(),
                node.data().stream().map(path -> "- " + path).collect(Collectors.joining("\n")));
        String own =
                switch (cluster.shape().version()) {
                    case APACHE_4_1, APACHE_5_0 ->
                        APACHE.formatted(seeds(cluster, seed -> seed.address() + ":" + seed.storagePort()));
                    case PALANTIR_2_2 -> PALANTIR_2_2.formatted(seeds(cluster, NodePlan::address), node.stored());
                };
        Files.writeString(node.configuration(), common + own);
        Files.writeString(node.logConfiguration(), LOGBACK.formatted(node.log()));
    }

    private static String seeds(ClusterPlan cluster, Function<NodePlan, String> seed) {
        return cluster.nodes().stream().map(seed).collect(Collectors.joining(","));
    }
}
