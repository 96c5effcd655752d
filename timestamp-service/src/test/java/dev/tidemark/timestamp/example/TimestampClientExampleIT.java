package dev.tidemark.timestamp.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the page on the client is what the page shows, and works. */
class TimestampClientExampleIT {
    private static final Path PAGE = Path.of("..", "docs", "timestamp-client.rst");
    private static final Path SOURCE =
            Path.of("src/test/java/dev/tidemark/timestamp/example/TimestampClientExample.java");

    @TempDir
    private Path directory;

    @Test
    void run_realServer_givesRisingTimestamps() {
        TimestampServiceSettings settings =
                TimestampServiceSettings.of(directory).withNamespaces("orders");
        try (TimestampServer server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))) {
            long[] timestamps = TimestampClientExample.run(server.endpoint(), server.endpoint());

            assertThat(timestamps[0]).isPositive();
            assertThat(timestamps[1]).isGreaterThan(timestamps[0]);
            assertThat(timestamps[2]).isEqualTo(timestamps[1] + 99);
            assertThat(timestamps[3]).isGreaterThan(timestamps[2]);
            assertThat(timestamps[4]).isGreaterThan(timestamps[2]);
        }
    }

    @Test
    void page_always_showsTheExample() throws IOException {
        assertThat(code(Files.readAllLines(PAGE), ".. code-block:: java", "   }"))
                .startsWith(lines(SOURCE, "// page: begin", "// page: end").toArray(String[]::new));
    }

    private static List<String> lines(Path file, String from, String to) throws IOException {
        return code(Files.readAllLines(file), from, to);
    }

    /** Returns the lines between two, without the empty ones and what stands before the text. */
    private static List<String> code(List<String> lines, String from, String to) {
        int begin = stripped(lines).indexOf(from.strip());
        List<String> rest = lines.subList(begin + 1, lines.size());
        int end = to.startsWith(" ") ? rest.indexOf(to) : stripped(rest).indexOf(to.strip());
        return stripped(rest.subList(0, end)).stream()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static List<String> stripped(List<String> lines) {
        return lines.stream().map(String::strip).toList();
    }
}
