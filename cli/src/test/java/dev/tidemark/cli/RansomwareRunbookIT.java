package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import dev.tidemark.documentation.Example;
import dev.tidemark.documentation.ExampleRunner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

/** E14: does what the runbook says after somebody has overwritten and deleted a whole archive in a bucket with versions. */
class RansomwareRunbookIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final URI server = S3Server.shared(S3Software.S3PROXY_WITH_VERSIONS).endpoint();

    @TempDir
    private Path directory;

    @Test
    void runbook_everythingOverwrittenOrDeleted_bringsStoreAndBackupsBack() throws IOException, InterruptedException {
        String bucket = S3Fixture.createBucket(server);
        try (S3Client client = S3Fixture.client(server)) {
            client.putBucketVersioning(request -> request.bucket(bucket)
                    .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
            Installation bank = S3Site.create(directory, bucket, server, 5);
            bank.succeed("archive init");
            bank.write(1);
            bank.succeed("backup bank");
            bank.write(2);
            String at = bank.succeed("backup bank").get("backupTimestamp").asText();
            JsonNode digest = bank.succeed("digest bank --at " + at);
            Instant then = nextSecond();
            destroyAll(client, bucket);
            List<ObjectVersion> versions = versions(client, bucket);

            run(Map.of("THEN", then.toString()));

            assertThat(bank.succeed("--config as-of.yml digest bank --at " + at))
                    .isEqualTo(digest);
            assertThat(bank.succeed("--config as-of.yml --archive rescue backups")
                            .get("backups"))
                    .hasSize(2);
            assertThat(versions(client, bucket))
                    .as("nothing was written to the bucket")
                    .isEqualTo(versions);
        }
    }

    /** Every other object becomes something else, the others vanish. */
    private static void destroyAll(S3Client client, String bucket) {
        int number = 0;
        for (S3Object object :
                client.listObjectsV2(request -> request.bucket(bucket)).contents()) {
            if (number++ % 2 == 0) {
                client.deleteObject(request -> request.bucket(bucket).key(object.key()));
            } else {
                client.putObject(request -> request.bucket(bucket).key(object.key()), RequestBody.fromString("pay"));
            }
        }
        String header = "site/one/tidemark-archive.json";
        client.putObject(request -> request.bucket(bucket).key(header), RequestBody.fromString("pay"));
        assertThat(number).isGreaterThan(20);
    }

    private static List<ObjectVersion> versions(S3Client client, String bucket) {
        return client.listObjectVersions(request -> request.bucket(bucket)).versions();
    }

    /** Waits until what is written from now on is younger than what was written, by the store's clock, which has seconds. */
    private static Instant nextSecond() {
        Instant begin = Instant.now();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Instant.now().getEpochSecond() > begin.getEpochSecond() + 1);
        return Instant.ofEpochSecond(begin.getEpochSecond() + 1);
    }

    private void run(Map<String, String> variables) throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("PATH", ROOT + ":" + System.getenv("PATH"));
        environment.put("TIDEMARK_BUILD", "never");
        environment.put("TIDEMARK_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        new ExampleRunner(directory, environment, LIMIT)
                .run("ransomware.rst", Example.of(Files.readAllLines(ROOT.resolve("docs/runbooks/ransomware.rst"))));
    }
}
