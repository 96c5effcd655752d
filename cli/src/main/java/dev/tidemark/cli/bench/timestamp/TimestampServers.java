package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.cli.bench.BenchmarkSettings;
import dev.tidemark.cli.bench.timestamp.BenchServer.Kind;
import dev.tidemark.coordinator.operation.EngineSeams;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** All servers that are compared, each in a process of its own; they run side by side, and one at a time is asked. */
final class TimestampServers implements AutoCloseable {
    static final int MAX_CALLERS = 64;

    private static final Duration MAX_WARM_UP = Duration.ofSeconds(2);

    private final Map<Kind, BenchServer> services = new EnumMap<>(Kind.class);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private OmidServer omid;
    private OmidClient omidClient;
    private PostgresCallers postgres;

    private TimestampServers() {}

    static TimestampServers start(BenchmarkSettings settings, TimestampPeers peers, EngineSeams seams)
            throws InterruptedException {
        Duration figure = Duration.ofMillis(settings.size());
        Duration warmUp = figure.compareTo(MAX_WARM_UP) < 0 ? figure : MAX_WARM_UP;
        TimestampServers servers = new TimestampServers();
        try {
            for (Kind kind : Kind.values()) {
                servers.services.put(kind, servers.opened(BenchServer.start(kind, settings.directory(), warmUp)));
            }
            if (peers.omidClassPath() != null) {
                servers.omid =
                        servers.opened(OmidServer.start(peers.omidClassPath(), settings.directory(), seams.sleeper()));
                servers.omidClient = servers.opened(OmidClient.connect(peers.omidClassPath(), servers.omid.port()));
            }
            if (peers.postgresUrl() != null) {
                servers.postgres = servers.opened(PostgresCallers.connect(peers.postgresUrl(), MAX_CALLERS));
            }
            return servers;
        } catch (RuntimeException | InterruptedException e) {
            servers.close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    BenchServer service(Kind kind) {
        return services.get(kind);
    }

    Optional<OmidClient> omid() {
        return Optional.ofNullable(omidClient);
    }

    ServerCpu omidCpu() {
        return omid.cpu();
    }

    Optional<PostgresCallers> postgres() {
        return Optional.ofNullable(postgres);
    }

    @Override
    public void close() {
        RuntimeException first = null;
        for (AutoCloseable closeable : opened) {
            try {
                closeable.close();
            } catch (Exception e) {
                first = first == null ? new IllegalStateException("a server can't be stopped: " + e, e) : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
