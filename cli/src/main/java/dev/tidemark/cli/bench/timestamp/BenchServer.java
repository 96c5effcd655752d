package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.service.HotPathSettings;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceConfiguration;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import dev.tidemark.timestamp.service.store.BoundStoreSettings;
import dev.tidemark.timestamp.service.store.FileStoreSettings;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A timestamp service in a process of its own. */
final class BenchServer implements AutoCloseable {
    static final String NAMESPACE = "bench";

    private static final String HEAP = "-Xmx256m";

    private final ChildProcess process;
    private final InetSocketAddress address;

    private BenchServer(ChildProcess process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /** Starts one; returns when it answers. */
    static BenchServer start(Kind kind, Path directory, java.time.Duration warmUp) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        ChildProcess process = ChildProcess.start(
                "a timestamp service",
                directory.resolve(name + ".log"),
                List.of(
                        HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        BenchServer.class.getName(),
                        kind.name(),
                        directory.resolve(name).toString(),
                        String.valueOf(warmUp.toMillis())));
        try {
            int port = Integer.parseInt(process.readLine());
            return new BenchServer(process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    ServerCpu cpu() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }

    /** Serves until standard input ends; writes its port. Arguments: kind, data directory, milliseconds of the warm-up. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err); // what others print goes to the log
        Kind kind = Kind.valueOf(arguments[0]);
        BoundStoreSettings store =
                kind == Kind.IN_MEMORY ? new InMemoryStoreSettings() : new FileStoreSettings(Path.of(arguments[1]));
        TimestampServiceSettings settings =
                new TimestampServiceSettings(null, store, null, null, null, null, List.of(NAMESPACE), null, null, null);
        TimestampServiceConfiguration configuration =
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        configuration.setHotPath(
                new HotPathSettings(kind != Kind.WEB_FRAMEWORK, Duration.milliseconds(Long.parseLong(arguments[2]))));
        try (TimestampServer server = TimestampServer.start(configuration)) {
            out.println(server.port());
            while (System.in.read() >= 0) {}
        }
    }

    /** What kinds of servers are compared. */
    enum Kind {
        /** As it is without any settings. */
        STANDARD,
        /** Without the hot path. */
        WEB_FRAMEWORK,
        /** With bounds that are not written anywhere. */
        IN_MEMORY
    }

    private record InMemoryStoreSettings() implements BoundStoreSettings {
        @Override
        public BoundStore open() {
            return new InMemoryBoundStore();
        }
    }
}
