package dev.tidemark.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.node.jmx.JmxOptions;
import dev.tidemark.timestamp.http.OracleTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ConfigurationReaderTest {
    private static final String GOOD =
            """
            archive:
              type: filesystem
              directory: archive
              key:
                type: passphrase
                file: passphrase
            oracle:
              type: file
              directory: oracle
            namespaces:
              bank:
                stores:
                  main:
                    type: rocksdb
                    directory: ../store
            operations:
              lockLease: PT20S
            """;

    @TempDir
    private Path directory;

    @Test
    void read_goodFile_resolvesPathsAndAppliesDefaults() {
        TidemarkConfiguration configuration = read(GOOD);

        assertThat(configuration.archive())
                .isEqualTo(new ArchiveConfiguration.Filesystem(
                        directory.resolve("archive"),
                        "",
                        new KeyConfiguration.Passphrase(directory.resolve("passphrase"), null),
                        null));
        assertThat(configuration.oracle()).isEqualTo(new OracleConfiguration.File(directory.resolve("oracle")));
        assertThat(configuration.namespaces().get("bank").stores())
                .containsEntry("main", new StoreConfiguration.RocksDb(directory.resolveSibling("store"), List.of()));
        assertThat(configuration.operations().toOptions())
                .isEqualTo(
                        new EngineOptions(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMillis(200), 2));
    }

    @Test
    void read_zoneOfTheRetention_isTaken() {
        TidemarkConfiguration configuration =
                read(GOOD.replace("    stores:\n", "    retention: {daily: 3, zone: Europe/Berlin}\n    stores:\n"));

        assertThat(configuration.retention("archive", "bank").zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    }

    @Test
    void read_furtherArchives_areFoundByTheirNames() {
        String offsite =
                """
                archives:
                  offsite:
                    type: filesystem
                    directory: offsite
                    key: {type: key-file, file: offsite.key}
                """;

        TidemarkConfiguration configuration = read(GOOD + offsite);

        assertThat(configuration.archives())
                .containsOnly(Map.entry(
                        "offsite",
                        new ArchiveConfiguration.Filesystem(
                                directory.resolve("offsite"),
                                "",
                                new KeyConfiguration.KeyFile(directory.resolve("offsite.key")),
                                null)));
        assertThat(configuration.archive("archive")).isEqualTo(configuration.archive());
        assertThat(read(GOOD).archives()).isEmpty();
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> configuration.archive("offsit"))
                .satisfies(e -> assertThat(e.hint()).contains("'offsite'"));
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> read(GOOD + offsite.replace("offsite:", "archive:")))
                .withMessageContaining("stands for the main archive");
        assertThatExceptionOfType(CoordinatorException.class)
                .isThrownBy(() -> read(GOOD + offsite.replace("directory: offsite", "folder: offsite")))
                .withMessageContaining("archives.offsite.folder");
    }

    @Test
    void read_cassandraBehindTlsAndPasswords_isReachedWithThem() throws IOException {
        secret("cql-password", "s3cret");
        secret("jmx-password", "s4cret");
        secret("trust-password", "s5cret");
        String text = GOOD.replace(
                "        type: rocksdb\n        directory: ../store\n",
                """
                        type: cassandra
                        keyspace: bank
                        contactPoints: [127.0.0.1:9042]
                        localDatacenter: dc
                        credentials:
                          user: tidemark
                          password: {file: cql-password}
                        tls:
                          trustStore:
                            file: trust.p12
                            password: {file: trust-password}
                        nodes:
                        - jmx: 127.0.0.1:7199
                          jmxCredentials:
                            user: monitor
                            password: {file: jmx-password}
                          jmxTls: true
                          dataDirectories: [/data]
                        - jmx: 127.0.0.1:7299
                          dataDirectories: [/data2]
                """);

        StoreConfiguration.Cassandra store = (StoreConfiguration.Cassandra)
                read(text).namespaces().get("bank").stores().get("main");

        SecretReader secrets = new SecretReader(variable -> null);
        CqlSettings cql = store.access().settings(secrets);
        assertThat(cql.credentials()).isEqualTo(new CqlSettings.Credentials("tidemark", "s3cret"));
        assertThat(cql.tls())
                .isEqualTo(
                        new CqlSettings.Tls(new CqlSettings.KeyFile(directory.resolve("trust.p12"), "s5cret"), null));
        assertThat(store.nodes())
                .extracting(node -> node.jmxOptions(secrets))
                .containsExactly(
                        JmxOptions.of("127.0.0.1", 7199)
                                .withUser("monitor", "s4cret")
                                .withTls(),
                        JmxOptions.of("127.0.0.1", 7299));
        assertThat(store.toString()).doesNotContain("s3cret", "s4cret", "s5cret");
    }

    @Test
    void read_httpOracleWithToken_keepsNoSecret() throws IOException {
        Files.writeString(directory.resolve("token"), "s3cret\n");
        String text = GOOD.replace(
                "  type: file\n  directory: oracle\n",
                """
                  type: http
                  urls: ['http://one:8421', 'https://two']
                  basePath: /timelock/api
                  token:
                    file: token
                """);

        TidemarkConfiguration configuration = read(text);

        assertThat(configuration.oracle())
                .isEqualTo(new OracleConfiguration.Http(
                        List.of(URI.create("http://one:8421"), URI.create("https://two")),
                        "/timelock/api",
                        new TokenConfiguration(directory.resolve("token"), null),
                        Duration.ofSeconds(10),
                        null));
        assertThat(configuration.toString()).doesNotContain("s3cret");
    }

    @Test
    void read_httpOracleWithCertificates_namesFilesAndKeepsNoPassword() {
        TidemarkConfiguration configuration = read(
                GOOD.replace(
                        "  type: file\n  directory: oracle\n",
                        """
                  type: http
                  urls: ['https://one:8421']
                  tls:
                    caCertificates: ca.pem
                    keyStore: {file: key.p12, password: {environment: KEY_PASSWORD}}
                """));

        OracleTls tls = ((OracleConfiguration.Http) configuration.oracle())
                .tls()
                .client(new SecretReader(variable -> "KEY_PASSWORD".equals(variable) ? "s3cret" : null));

        assertThat(tls)
                .isEqualTo(new OracleTls(
                        directory.resolve("ca.pem"),
                        null,
                        new OracleTls.KeyFile(directory.resolve("key.p12"), "s3cret")));
        assertThat(tls.toString()).doesNotContain("s3cret");
        assertThat(configuration.toString()).doesNotContain("s3cret");
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                arguments(
                        GOOD.replace("directory: ../store", "directroy: ../store"),
                        15,
                        "unknown key 'namespaces.bank.stores.main.directroy' (did you mean 'directory'?)"),
                arguments(GOOD.replace("namespaces:", "namespace:"), 10, "(did you mean 'namespaces'?)"),
                arguments(GOOD.replace("lockLease", "lokcLease"), 17, "(did you mean 'lockLease'?)"),
                arguments(GOOD + "zzzzzzzzzzzzzzzzzzz: 1\n", 18, "unknown key 'zzzzzzzzzzzzzzzzzzz'"),
                arguments(GOOD.replace("type: rocksdb", "type: rocsdb"), 14, "(did you mean 'rocksdb'?)"),
                arguments(
                        GOOD.replace("type: rocksdb", "typ: rocksdb"),
                        14,
                        "unknown key 'namespaces.bank.stores.main.typ' (did you mean 'type'?)"),
                arguments(GOOD + "  para: 2\n", 18, "(did you mean 'parallelism'?)"),
                arguments(
                        GOOD.replace("        type: rocksdb\n", ""),
                        13,
                        "'namespaces.bank.stores.main.type' is missing"),
                arguments(GOOD.replace("PT20S", "20 s"), 17, "expected: a duration such as PT15S"),
                arguments(GOOD.replace("PT20S", "PT0.5S"), 16, "lockLease: PT0.5S (expected: >= PT1S)"),
                arguments(GOOD + "  parallelism: two\n", 18, "'operations.parallelism'"),
                arguments(GOOD + "  parallelism: 2.5\n", 18, "'operations.parallelism'"),
                arguments(GOOD + "  parallelism: 65\n", 16, "parallelism: 65 (expected: 1..64)"),
                arguments(GOOD + "  lockLease: PT5S\n", 18, "is there twice (first in line 17)"),
                arguments(GOOD.replace("    file: passphrase\n", ""), 4, "exactly one of 'file' and 'environment'"),
                arguments(
                        GOOD.replace("    file: passphrase\n", "    file: passphrase\n    environment: P\n"),
                        4,
                        "exactly one of 'file' and 'environment'"),
                arguments(
                        GOOD.replace("  directory: archive\n", "  directory: archive\n  id: " + "0".repeat(32) + "\n"),
                        1,
                        "32 hexadecimal digits, in quotes"),
                arguments(GOOD.replace("  directory: archive\n", ""), 1, "'directory' is missing"),
                arguments(GOOD.replace("  directory: archive\n", "  directory:\n"), 1, "'directory' is missing"),
                arguments(
                        GOOD.replace("  directory: archive\n", "  directory: [a]\n"), 3, "'archive.directory' is not"),
                arguments(GOOD.replace("  bank:\n", "  bank/1:\n"), 1, "namespace 'bank/1' has a name"),
                arguments("oracle:\n  type: file\n  directory: o\n", 1, "'archive' is missing"),
                arguments(GOOD.replace("bank:", "bank: *a"), 11, "is not valid YAML"),
                arguments(GOOD.replace("oracle:", "oracle"), 8, "is not valid YAML"),
                arguments("- a\n- b\n", 1, "is not a configuration"),
                arguments("", 1, "is not a configuration"),
                arguments(GOOD + "---\n" + GOOD, 18, "is not valid YAML"),
                arguments(
                        GOOD.replace("type: file\n  directory: oracle", "type: http\n  urls: [ftp://x]"),
                        7,
                        "'urls' has 'ftp://x'"),
                arguments(
                        GOOD.replace(
                                "type: file\n  directory: oracle",
                                "type: http\n  urls: [http://x]\n  tls: {caCertificates: ca.pem}"),
                        7,
                        "'tls' for 'urls' [http://x] (expected: addresses that begin with https"),
                arguments(
                        GOOD.replace("type: file\n  directory: oracle", "type: http\n  urls: [https://x]\n  tls: {}"),
                        10,
                        "'tls' is empty"),
                arguments(
                        GOOD.replace(
                                "type: file\n  directory: oracle",
                                "type: http\n  urls: [https://x]\n  tls: {caCertificates: ca.pem, trustStore: {file: t.p12,"
                                        + " password: {environment: P}}}"),
                        10,
                        "'caCertificates' and 'trustStore' (expected: one of them)"),
                arguments(
                        GOOD.replace("type: file\n  directory: oracle", "type: http\n  urls: http://x"),
                        9,
                        "'oracle.urls' is not acceptable"));
    }

    @ParameterizedTest
    @MethodSource("badFiles")
    void read_badFile_namesFileLineAndKey(String text, int line, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.hint()).isNotEmpty();
                })
                .hasMessageContaining("tidemark.yml' line " + line + ":")
                .hasMessageContaining(message);
    }

    @Test
    void read_missingFile_saysHowToNameOne() {
        assertThatThrownBy(() -> new ConfigurationReader().read(directory.resolve("none.yml")))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.hint()).contains("--config", "TIDEMARK_CONFIG"))
                .hasMessageContaining("none.yml' does not exist");
    }

    private void secret(String name, String value) throws IOException {
        Path file = Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, value + "\n");
    }

    private TidemarkConfiguration read(String text) {
        try {
            return new ConfigurationReader().read(Files.writeString(directory.resolve("tidemark.yml"), text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
