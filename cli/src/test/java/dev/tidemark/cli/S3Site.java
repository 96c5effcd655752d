package dev.tidemark.cli;

import dev.tidemark.coordinator.archive.s3.server.S3Fixture;
import dev.tidemark.coordinator.archive.s3.server.S3Server;
import dev.tidemark.coordinator.archive.s3.server.S3Software;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** An {@link Installation} whose archive is in a bucket. */
final class S3Site {
    private S3Site() {}

    /** Creates a bucket on the server that all tests share, and the configuration of a store that backs up to it. */
    static Installation create(Path directory) throws IOException {
        URI server = S3Server.shared(S3Software.S3PROXY).endpoint();
        return create(directory, S3Fixture.createBucket(server), server, 5);
    }

    /**
     * Creates the configuration of a store that backs up to a bucket by way of an address.
     *
     * @param attempts of each call at most
     */
    static Installation create(Path directory, String bucket, URI endpoint, int attempts) throws IOException {
        CommandRun.configure(directory);
        configure(directory, bucket, endpoint, attempts);
        Path secret = Files.writeString(directory.resolve("secret"), S3Server.SECRET_KEY + "\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        return new Installation(directory);
    }

    private static void configure(Path directory, String bucket, URI endpoint, int attempts) throws IOException {
        Path file = directory.resolve("tidemark.yml");
        String text = Files.readString(file);
        String archive =
                """
                archive:
                  type: s3
                  bucket: %s
                  prefix: site/one/
                  endpoint: %s
                  region: us-east-1
                  credentials:
                    type: static
                    accessKeyId: %s
                    secretAccessKey: {file: secret}
                  connection: {idleTimeout: PT10S}
                  multipart: {threshold: 6000000, partSize: 5242880}
                  retry: {attempts: %d, budget: PT30S, firstWait: PT0.005S}
                  key: {type: key-file, file: key}
                """
                        .formatted(bucket, endpoint, S3Server.ACCESS_KEY, attempts);
        Files.writeString(file, archive + text.substring(text.indexOf("oracle:")));
    }
}
