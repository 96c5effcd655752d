package dev.tidemark.timestamp.http;

import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.OracleContract;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

/** The contract through HTTP and a real service with a real data directory. */
class HttpTimestampClientIT extends OracleContract {
    @TempDir
    private Path directory;

    private TimestampServer server;

    @Override
    protected TimestampClient start(ManualTime time) {
        server = TimestampServer.start(
                TimestampServer.embedded(
                        TimestampServiceSettings.of(directory),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                time.seams(),
                UUID::randomUUID);
        return HttpTimestampClient.create(HttpTimestampClientSettings.of(server.endpoint()));
    }

    @Override
    protected TimestampClient restart(ManualTime time) {
        server.close();
        return start(time);
    }

    @Override
    protected void stop() {
        server.close();
    }
}
