package dev.tidemark.coordinator.archive.s3.server;

import dev.tidemark.coordinator.archive.retry.Retries;
import dev.tidemark.coordinator.archive.s3.ChecksumMode;
import dev.tidemark.coordinator.archive.s3.S3Connection;
import dev.tidemark.coordinator.archive.s3.S3Credentials;
import dev.tidemark.coordinator.archive.s3.S3Encryption;
import dev.tidemark.coordinator.archive.s3.S3ObjectStore;
import dev.tidemark.coordinator.archive.s3.S3Place;
import dev.tidemark.coordinator.archive.s3.S3Seams;
import dev.tidemark.coordinator.archive.s3.S3Writing;
import dev.tidemark.kvs.time.MonotonicClock;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Buckets and stores for tests. */
public final class S3Fixture {
    /** Objects as they are written without further ado, large ones in parts. */
    public static final S3Writing PLAIN = new S3Writing(
            ChecksumMode.SDK,
            "",
            new S3Encryption.BucketDefault(),
            null,
            new S3Writing.Multipart(32 << 20, 8 << 20, 2));

    private S3Fixture() {}

    /** Returns a client that tests use beside the store. */
    public static S3Client client(URI endpoint) {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.of(S3Server.REGION))
                .forcePathStyle(true)
                .httpClientBuilder(Apache5HttpClient.builder())
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(S3Server.ACCESS_KEY, S3Server.SECRET_KEY)))
                .build();
    }

    /** Creates a bucket with a new name. */
    public static String createBucket(URI endpoint) {
        String bucket = "b-" + UUID.randomUUID();
        try (S3Client client = client(endpoint)) {
            client.createBucket(request -> request.bucket(bucket));
        }
        return bucket;
    }

    /** Returns how the servers are reached. */
    public static S3Connection connection(URI endpoint) {
        return connection(endpoint, new S3Credentials.KeyPair(S3Server.ACCESS_KEY, S3Server.SECRET_KEY, ""));
    }

    /** Returns how the servers are reached by somebody else. */
    public static S3Connection connection(URI endpoint, S3Credentials credentials) {
        return new S3Connection(
                endpoint,
                S3Server.REGION,
                S3Connection.Addressing.PATH,
                credentials,
                null,
                null,
                new S3Connection.Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(60)),
                16);
    }

    /** Opens a part of a bucket. */
    public static S3ObjectStore open(URI endpoint, String bucket, S3Writing writing) {
        return open(connection(endpoint), bucket, writing);
    }

    /** Opens a part of a bucket. */
    public static S3ObjectStore open(S3Connection connection, String bucket, S3Writing writing) {
        return S3ObjectStore.open(
                new S3Place(bucket, "tide/mark/", connection.endpoint().toString()),
                connection,
                writing,
                new S3Seams(InstantSource.system(), MonotonicClock.system(), Runnable::run, Retries.none()));
    }
}
