package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Says nothing of speed: the benchmark runs tiny, and what is checked is that everything is there, and nothing afterwards. */
class S3BenchIT {
    @TempDir
    private Path directory;

    @Test
    void benchBucket_asJson_hasEveryFigureAndLeavesNothing() throws IOException {
        URI server = S3Server.shared(S3Software.S3PROXY).endpoint();
        String bucket = S3Fixture.createBucket(server);
        Installation bank = S3Site.create(directory, bucket, server, 5);

        JsonNode report = bank.succeed("bench bucket --size 16MiB --directory scratch");

        List<String> names = report.get("figures").findValuesAsText("name");
        assertThat(names)
                .contains(
                        "objects sent",
                        "chunks sent, new",
                        "chunks sent, all there",
                        "objects read",
                        "chunks read",
                        "files of 4 KiB, packed");
        try (S3Client client = S3Fixture.client(server)) {
            assertThat(client.listObjectsV2(request -> request.bucket(bucket)).contents())
                    .isEmpty();
        }
    }

    @Test
    void benchBucket_archiveInADirectory_isRefused() {
        CommandRun.configure(directory);

        CommandRun run = CommandRun.in(directory, "bench", "bucket", "--size", "16MiB");

        assertThat(run.exitCode()).isEqualTo(10);
        assertThat(run.err()).contains("in no bucket", "HINT: ");
    }
}
