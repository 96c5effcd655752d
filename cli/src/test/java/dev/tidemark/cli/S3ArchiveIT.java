package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.archive.s3.server.Fault;
import dev.tidemark.coordinator.archive.s3.server.FaultProxy;
import dev.tidemark.coordinator.archive.s3.server.HttpMessage;
import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** The commands over an archive in a bucket of S3Proxy. */
class S3ArchiveIT {
    private final URI server = S3Server.shared(S3Software.S3PROXY).endpoint();

    @TempDir
    private Path directory;

    @Test
    void commands_archiveInABucket_bringTheStoreBack() throws IOException {
        Installation bank = S3Site.create(directory);

        JsonNode archive = bank.succeed("archive init");
        assertThat(archive.get("location").asText()).startsWith("s3://").contains("/site/one/ at " + server);
        assertThat(bank.run("archive init").exitCode()).isEqualTo(51);
        assertComesBack(bank);
        assertThat(bank.succeed("archive status").at("/namespaces/0/backups").asInt())
                .isEqualTo(2);
        assertThat(bank.run("archive status").err()).doesNotContain("asked again");
    }

    /** A12: uploads in parts that a crash has left are planned, aborted and counted; those of others stay. */
    @Test
    void gc_uploadsThatACrashHasLeft_areAborted() throws IOException {
        String bucket = S3Fixture.createBucket(server);
        Installation bank = S3Site.create(directory, bucket, server, 5);
        Path configuration = directory.resolve("tidemark.yml");
        Files.writeString(configuration, Files.readString(configuration) + "garbage:\n  grace: PT0S\n");
        bank.succeed("archive init");
        bank.write(1);
        bank.succeed("backup bank");
        try (S3Client client = S3Fixture.client(server)) {
            for (String key : List.of("ns/bank/packs/00/a", "ns/bank/packs/00/b", "ns/other/packs/00/a")) {
                client.createMultipartUpload(request -> request.bucket(bucket).key("site/one/" + key));
            }
            String other = client.listMultipartUploads(request -> request.bucket(bucket))
                    .uploads()
                    .get(2)
                    .uploadId();

            assertThat(bank.succeed("gc bank --dry-run").get("orphanedUploads").asInt())
                    .isEqualTo(2);
            assertThat(bank.run("gc bank").out()).contains("2 uploads that a crash had left aborted.");

            assertThat(client.listMultipartUploads(request -> request.bucket(bucket))
                            .uploads())
                    .extracting(MultipartUpload::uploadId)
                    .containsExactly(other);
            assertThat(bank.succeed("gc bank").get("abortedUploads").asInt()).isZero();
        }
        assertThat(bank.succeed("verify --level 2").get("damaged").asInt()).isZero();
    }

    /** E1, E2, E3, E6, E10: nearly a third of all requests fail, in every way that can pass; nothing is lost. */
    @Test
    void commands_aThirdOfAllRequestsFail_bringTheStoreBack() throws IOException {
        try (FaultProxy proxy = FaultProxy.start(server)) {
            Installation bank = S3Site.create(directory, S3Fixture.createBucket(server), proxy.endpoint(), 15);
            proxy.atRandom(42, 0.3, Fault.PASSING);

            bank.succeed("archive init");
            assertComesBack(bank);

            assertThat(bank.run("archive status").err()).containsPattern("it was asked again \\d+ times");
            // No object of this archive is large enough to be sent in parts.
            Set<Fault> expected = EnumSet.copyOf(Fault.PASSING);
            expected.remove(Fault.COMPLETE_ERROR);
            assertThat(proxy.provoked()).containsKeys(expected.toArray(new Fault[0]));
        }
    }

    /** E12: the store fails for good in the middle of a backup: one error, and the operation goes on when it is back. */
    @Test
    void backup_storeFailsForGood_isOneErrorAndResumable() throws IOException {
        try (FaultProxy proxy = FaultProxy.start(server)) {
            Installation bank = S3Site.create(directory, S3Fixture.createBucket(server), proxy.endpoint(), 5);
            bank.write(1);
            bank.succeed("archive init");
            proxy.times(10_000, Fault.INTERNAL_ERROR, fromTheFirstPackOn());

            CommandRun failed = bank.run("backup bank");

            assertThat(failed.exitCode()).as(failed.err()).isEqualTo(53);
            assertThat(failed.err()).containsOnlyOnce("ERROR: ").contains("(5 attempts in", "HINT: ");
            proxy.calm();
            bank.succeed("resume bank");
            assertThat(bank.succeed("backups").get("backups")).hasSize(1);
            assertThat(bank.succeed("verify --level 2").get("damaged").asInt()).isZero();
        }
    }

    /** E8: the session's credentials end in the middle of a backup. */
    @Test
    void backup_credentialsExpire_isOneErrorAndResumable() throws IOException {
        try (FaultProxy proxy = FaultProxy.start(server)) {
            Installation bank = S3Site.create(directory, S3Fixture.createBucket(server), proxy.endpoint(), 5);
            bank.write(1);
            bank.succeed("archive init");
            proxy.times(10_000, Fault.EXPIRED_TOKEN, fromTheFirstPackOn());

            CommandRun failed = bank.run("backup bank");

            assertThat(failed.exitCode()).as(failed.err()).isEqualTo(63);
            assertThat(failed.err()).containsOnlyOnce("ERROR: ").contains("ExpiredToken", "HINT: Renew");
            proxy.calm();
            bank.succeed("resume bank");
            assertThat(bank.succeed("backups").get("backups")).hasSize(1);
        }
    }

    /** Matches every request from the first one on that sends a pack: the data, in the middle of a backup. */
    private static Predicate<HttpMessage> fromTheFirstPackOn() {
        AtomicBoolean hasBegun = new AtomicBoolean();
        return request -> {
            if (request.isUpload() && request.target().contains("/packs/")) {
                hasBegun.set(true);
            }
            return hasBegun.get();
        };
    }

    private static void assertComesBack(Installation bank) {
        bank.write(1);
        bank.succeed("backup bank");
        bank.write(2);
        JsonNode backup = bank.succeed("backup bank");
        assertThat(bank.succeed("verify --level 2").get("damaged").asInt()).isZero();
        String at = backup.get("backupTimestamp").asText();
        JsonNode digest = bank.succeed("digest bank --at " + at);
        bank.write(3);
        bank.loseStore();
        bank.succeed("restore bank");
        assertThat(bank.succeed("digest bank --at " + at)).isEqualTo(digest);
    }
}
