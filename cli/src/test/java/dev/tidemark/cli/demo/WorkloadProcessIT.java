package dev.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class WorkloadProcessIT {
    @TempDir
    private Path directory;

    @Test
    @Timeout(120)
    void main_untilStandardInputEnds_runsTheWorkloadOverHttp() throws IOException, InterruptedException {
        TimestampServiceSettings settings =
                TimestampServiceSettings.of(directory.resolve("oracle")).withNamespaces("bank");
        try (TimestampServer server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            WorkloadProcess.class.getName(),
                            directory.resolve("store").toString(),
                            server.endpoint().toString(),
                            "bank",
                            "1",
                            "1",
                            "new")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader output = process.inputReader()) {
                assertThat(output.readLine()).isEqualTo("READY");
                process.getOutputStream().close();

                List<String> rest = output.lines().toList();

                assertThat(process.waitFor()).as(rest.toString()).isZero();
                assertThat(rest).singleElement().asString().matches("TRANSFERS \\d+");
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
