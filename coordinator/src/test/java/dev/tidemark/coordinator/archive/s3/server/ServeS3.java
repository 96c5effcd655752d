package dev.tidemark.coordinator.archive.s3.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Starts S3Proxy with one bucket for measurements by hand, and ends it when standard input ends. */
public final class ServeS3 {
    private ServeS3() {}

    /**
     * Writes a configuration of Tidemark for the bucket, and prints where it is.
     *
     * @param arguments an empty directory for the configuration and the server's data
     */
    @SuppressWarnings("SystemOut") // that is what it is for
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]).toAbsolutePath();
        S3Server server = S3Server.start(S3Software.S3PROXY, Files.createDirectories(directory.resolve("s3proxy")));
        try {
            System.out.println(configure(directory, server));
            while (System.in.read() >= 0) {
                // until the end
            }
        } finally {
            server.kill();
        }
    }

    private static Path configure(Path directory, S3Server server) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), S3Server.SECRET_KEY + "\n");
        Path key = Files.writeString(directory.resolve("key"), "k".repeat(32));
        for (Path file : new Path[] {secret, key}) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        return Files.writeString(
                directory.resolve("tidemark.yml"),
                """
                archive:
                  type: s3
                  bucket: %s
                  endpoint: %s
                  region: %s
                  credentials: {type: static, accessKeyId: %s, secretAccessKey: {file: secret}}
                  key: {type: key-file, file: key}
                oracle: {type: file, directory: oracle}
                namespaces:
                  bank:
                    stores:
                      main: {type: rocksdb, directory: store}
                """
                        .formatted(
                                S3Fixture.createBucket(server.endpoint()),
                                server.endpoint(),
                                S3Server.REGION,
                                S3Server.ACCESS_KEY));
    }
}
