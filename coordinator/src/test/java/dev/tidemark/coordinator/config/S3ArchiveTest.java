package dev.tidemark.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.retry.RetrySeams;
import dev.tidemark.coordinator.archive.s3.S3Credentials;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class S3ArchiveTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final String REST =
            """
              key: {type: passphrase, environment: P}
            oracle: {type: file, directory: oracle}
            namespaces:
              bank:
                stores:
                  main: {type: rocksdb, directory: store}
            """;

    @TempDir
    private Path directory;

    @Test
    void read_onlyTheBucket_hasDefaults() {
        S3Archive archive = read("  bucket: backups\n");

        assertThat(archive.prefix()).isEmpty();
        assertThat(archive.checksums()).isEqualTo("sdk");
        assertThat(archive.isPathStyle()).isFalse();
        assertThat(archive.multipart()).isEqualTo(new S3Archive.Multipart(32 << 20, 8 << 20, 2));
        assertThat(archive.retry().settings().attempts()).isEqualTo(10);
        assertThat(archive.connection().requestTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(archive.credentials()).isNull();
    }

    /** The files of the documentation are what they say. */
    @ParameterizedTest
    @MethodSource("examples")
    void read_exampleOfTheDocumentation_isAccepted(Path example) {
        TidemarkConfiguration configuration = new ConfigurationReader().read(example);

        assertThat(configuration.archive()).isInstanceOf(S3Archive.class);
    }

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../docs/examples"))) {
            return files
                    .filter(file -> file.getFileName().toString().startsWith("archive-"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @Test
    void examples_ofTheDocumentation_areThere() throws IOException {
        assertThat(examples().map(file -> file.getFileName().toString()))
                .contains("archive-aws.yml", "archive-ceph.yml", "archive-minio.yml", "archive-as-of.yml");
    }

    @Test
    void credentials_ofEveryKind_areReadFromTheirPlaces() throws IOException {
        secret("secret", "s3cret\n");
        SecretReader secrets = new SecretReader(Map.of("TOKEN", "t0ken")::get);

        S3Archive archive = read(
                """
                  bucket: backups
                  credentials:
                    type: static
                    accessKeyId: AKIA
                    secretAccessKey: {file: secret}
                    sessionToken: {environment: TOKEN}
                """);

        S3Credentials credentials = archive.credentials().read(secrets);
        assertThat(credentials).isEqualTo(new S3Credentials.KeyPair("AKIA", "s3cret", "t0ken"));
        assertThat(credentials.toString() + archive).doesNotContain("s3cret", "t0ken");
        assertThat(read("  bucket: backups\n  credentials: {type: profile, name: tidemark}\n")
                        .credentials()
                        .read(secrets))
                .isEqualTo(new S3Credentials.Profile("tidemark", null));
        assertThat(read("  bucket: backups\n  credentials: {type: default}\n")
                        .credentials()
                        .read(secrets))
                .isEqualTo(new S3Credentials.DefaultChain());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bucket: a|'bucket' is 'a'",
                "prefix: x/|'bucket' is missing",
                "bucket: backups\\n  prefix: /x|'prefix' is '/x'",
                "bucket: backups\\n  prefix: x|'prefix' is 'x'",
                "bucket: backups\\n  endpoint: host:9000|'endpoint' is 'host:9000'",
                "bucket: backups\\n  checksums: sha1|'checksums' is 'sha1'",
                "bucket: backups\\n  asOf: yesterday|'asOf' is 'yesterday'",
                "bucket: backups\\n  checksums: none\\n  objectLock: {mode: governance, period: P1D}|'objectLock' is set",
                "bucket: backups\\n  objectLock: {mode: strict, period: PT1H}|'mode' is 'strict'",
                "bucket: backups\\n  objectLock: {mode: governance, period: PT0S}|'period' is PT0S",
                "bucket: backups\\n  encryption: {type: kms}|'keyId' belongs to type 'kms'",
                "bucket: backups\\n  encryption: {type: customer}|exactly one of 'file' and 'environment'",
                "bucket: backups\\n  encryption: {type: aes}|'type' is 'aes'",
                "bucket: backups\\n  multipart: {threshold: 1000}|'threshold' is 1000",
                "bucket: backups\\n  multipart: {parallelism: 0}|'parallelism' is 0",
                "bucket: backups\\n  retry: {attempts: 0}|attempts: 0",
                "bucket: backups\\n  connection: {maxConnections: 0}|'maxConnections' is 0",
                "bucket: backups\\n  connection: {idleTimeout: PT0S}|'idleTimeout' is PT0S",
                "bucket: backups\\n  connection: {proxy: {host: p, port: 0}}|'port' is 0",
                "bucket: backups\\n  connection: {proxy: {host: p, port: 1, user: u}}|'user' and 'password' belong",
                "bucket: backups\\n  credentials: {type: statc}|did you mean 'static'",
                "bucket: backups\\n  credentials: {type: static, accessKeyId: A}|'secretAccessKey' is missing",
                "bucket: backups\\n  bukket: x|unknown key 'archive.bukket' (did you mean 'bucket'?)"
            })
    void read_notAcceptable_isRefusedAndSaysWhat(String lines, String expected) {
        assertThatThrownBy(() -> read("  " + lines.replace("\\n", "\n") + "\n"))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining(expected);
    }

    @Test
    void open_customerKeyOfAnotherLength_isRefusedWithoutTheKey() throws IOException {
        secret("key", "c2hvcnQ=\n");

        assertThatThrownBy(() -> open(
                        "  bucket: backups\n  encryption: {type: customer, file: key}\n", UnaryOperator.identity()))
                .hasMessageContaining("expected: 32 bytes in Base64")
                .hasMessageNotContaining("c2hvcnQ");
    }

    @Test
    void open_certificatesThatAreNone_areRefused() throws IOException {
        Files.writeString(directory.resolve("ca.pem"), "not a certificate");

        assertThatThrownBy(() -> open(
                        "  bucket: backups\n  region: r\n  connection: {caCertificates: ca.pem}\n",
                        UnaryOperator.identity()))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("ca.pem");
    }

    @Test
    void open_asOfTheFuture_isRefused() {
        assertThatThrownBy(() -> open(
                        "  bucket: backups\n  region: r\n  asOf: '2026-06-01T00:00:01Z'\n", UnaryOperator.identity()))
                .hasMessageContaining("'asOf' is '2026-06-01T00:00:01Z'");
    }

    private void open(String lines, UnaryOperator<String> environment) {
        try (ArchiveOpener opener = new ArchiveOpener(
                read(lines),
                environment,
                new ArchiveSeams(() -> NOW, new Random(1), Runnable::run),
                new RetrySeams(System::nanoTime, duration -> {}, new Random(1)),
                UnaryOperator.identity())) {
            opener.open();
        }
    }

    private S3Archive read(String lines) {
        try {
            Path file = directory.resolve("tidemark.yml");
            Files.writeString(file, "archive:\n  type: s3\n" + lines + REST);
            return (S3Archive) new ConfigurationReader().read(file).archive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void secret(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
