package dev.tidemark.kvs.cassandra.server.cluster;

import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.ring.Ring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A node that lives as its plan says. How its process is started and ended, a provider says. */
public abstract class PlannedServer implements CassandraServer {
    private static final int LAST_LINES = 30;
    private static final int MAX_LINE_LENGTH = 500;

    private final NodePlan plan;

    protected PlannedServer(NodePlan plan) {
        this.plan = plan;
    }

    /** Starts the process and doesn't wait for anything. */
    public abstract void launch() throws IOException;

    protected final NodePlan plan() {
        return plan;
    }

    @Override
    public final String name() {
        return plan.name();
    }

    @Override
    public final InetSocketAddress cql() {
        return plan.cql();
    }

    @Override
    public final InetSocketAddress jmx() {
        return plan.jmx();
    }

    @Override
    public final InetSocketAddress storage() {
        return plan.storage();
    }

    @Override
    public final List<Path> dataDirectories() {
        return plan.data();
    }

    @Override
    public final Path directory() {
        return plan.directory();
    }

    @Override
    public final void start() {
        if (!isRunning()) {
            try {
                launch();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Ring.awaitServing(this);
        }
    }

    @Override
    public final void wipe() {
        if (isRunning()) {
            throw new IllegalStateException(name() + ": running (expected: killed or stopped before it is wiped)");
        }
        if (!Files.exists(plan.stored())) {
            return;
        }
        try (Stream<Path> paths = Files.walk(plan.stored())) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the end of its output and of its log. */
    final String lastLines() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : List.of(plan.output(), plan.log())) {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            text.append(file).append('\n');
            lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())
                    .forEach(line -> text.append(line, 0, Math.min(line.length(), MAX_LINE_LENGTH))
                            .append('\n'));
        }
        return text.toString();
    }
}
