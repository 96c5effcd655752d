package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong names and numbers that reach a timestamp service. */
final class BadInputOverHttpIT {
    @TempDir
    private Path directory;

    private Installation installation;
    private TimestampServer server;

    @BeforeEach
    void start() throws IOException {
        installation = Installation.withTwoBackups(directory);
        server = TimestampServer.start(TimestampServer.embedded(
                TimestampServiceSettings.of(installation.resolve("oracle")),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        Path file = installation.resolve("tidemark.yml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(
                                "  type: file\n  directory: oracle",
                                "  type: http\n  urls: ['" + server.endpoint() + "']"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "backup bnak",
        "restore bnak",
        "digest bnak --at 5",
        "timestamp fetch",
        "timestamp fetch -i",
        "timestamp fast-forward -t 5000000",
        "timestamp clean-transactions --offline -t 5"
    })
    void run_namespaceThatTheServiceDoesNotHave_isNeverCreated(String line) throws IOException {
        Path file = installation.resolve("tidemark.yml");
        Files.writeString(file, Files.readString(file).replace("  bank:", "  bnak:"));

        installation.assertRefused(line, ErrorCode.UNKNOWN_NAMESPACE, "'bnak'");

        try (TimestampClient client = client()) {
            assertThat(client.namespaces()).containsExactly("bank");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "9223372036854775806", "-1"})
    void fastForward_outOfRange_isRefused(String timestamp) {
        try (TimestampClient client = client()) {
            long before = client.namespace("bank").freshTimestamp();

            installation.assertRefused(
                    "timestamp fast-forward --timestamp=" + timestamp,
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    timestamp,
                    "expected: 0");

            assertThat(client.namespace("bank").freshTimestamp()).isEqualTo(before + 1);
        }
    }

    private TimestampClient client() {
        return HttpTimestampClient.create(HttpTimestampClientSettings.of(server.endpoint()));
    }
}
