package dev.tidemark.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a runbook says of the configuration can be read as a configuration again. */
class ConfiguredRunbooksTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final String ALL =
            """
            archive:
              type: s3
              bucket: backups
              prefix: tidemark/
              endpoint: https://s3.example.org
              region: eu-central-1
              pathStyle: true
              credentials:
                type: static
                accessKeyId: AKEXAMPLE
                secretAccessKey: {environment: S3_SECRET}
              objectLock: {mode: governance, period: P7D}
              encryption: {type: customer, environment: SSE_KEY}
              connection: {connectTimeout: PT7S, caCertificates: /etc/ca.pem}
              key: {type: passphrase, environment: THE_PASSPHRASE}
            oracle:
              type: http
              urls: ['https://a:8421', 'https://b:8421']
              token: {file: oracle-token}
              tls: {caCertificates: /etc/ca.pem, keyStore: {file: /etc/key.p12, password: {environment: KEY_PASSWORD}}}
            operations: {lockLease: PT20S}
            namespaces:
              other:
                stores:
                  s: {type: rocksdb, directory: /other}
              orders:
                hooks:
                - when: before-backup
                  url: http://example.org/hook
                  headers: {X-Key: not-for-runbooks}
                stores:
                  local: {type: rocksdb, directory: it's here}
                  main:
                    type: cassandra
                    keyspace: orders
                    contactPoints: ['10.0.0.1:9042']
                    localDatacenter: dc1
                    credentials: {user: tidemark, password: {environment: CASSANDRA_PASSWORD}}
                    tls: {trustStore: {file: /etc/trust.p12, password: {file: /etc/trust.password}}}
                    replication: {dc1: 3}
                    after: [local]
                    agents:
                    - {url: 'https://10.0.0.1:9999', token: {environment: AGENT_TOKEN}, patience: PT3M}
            """;

    @TempDir
    private Path directory;

    @Test
    void document_everyKindOfSection_isReadBackAsItWas() throws IOException {
        TidemarkConfiguration original = read("original.yml", ALL);

        TidemarkConfiguration restored =
                read("restored.yml", document(original, "orders").yaml());

        NamespaceConfiguration orders = original.namespaces().get("orders");
        assertThat(restored.namespaces()).containsOnlyKeys("orders");
        assertThat(restored.namespaces().get("orders").stores()).isEqualTo(orders.stores());
        assertThat(restored.oracle()).isEqualTo(original.oracle());
        assertThat(restored.archive().id()).isEqualTo(ID);
        assertThat(restored.archive().key()).isEqualTo(original.archive().key());
        assertThat(restored.archive())
                .usingRecursiveComparison()
                .ignoringFields("id")
                .isEqualTo(original.archive());
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive-aws.yml", "archive-ceph.yml", "archive-minio.yml", "schedules.yml"})
    void document_ofAnExample_isReadBackAsItWas(String example) throws IOException {
        Path file = Path.of("..", "docs", "examples", example);
        TidemarkConfiguration original = new ConfigurationReader().read(file);
        String namespace = original.namespaces().keySet().iterator().next();

        TidemarkConfiguration restored =
                read("restored.yml", document(original, namespace).yaml());

        assertThat(restored.namespaces().get(namespace).stores())
                .isEqualTo(original.namespaces().get(namespace).stores());
        assertThat(restored.archive())
                .usingRecursiveComparison()
                .ignoringFields("id", "retention")
                .isEqualTo(original.archive());
    }

    @Test
    void document_always_leavesOutWhatARestoreDoesNotNeed() throws IOException {
        assertThat(document(read("original.yml", ALL), "orders").yaml())
                .doesNotContain("not-for-runbooks", "hooks", "other", "lockLease")
                .contains("THE_PASSPHRASE", directory.resolve("it's here").toString());
    }

    @Test
    void document_userInAnAddress_isTakenOut() throws IOException {
        String text = ALL.replace("https://a:8421", "https://ann:s3cret@a:8421")
                .replace("https://s3.example.org", "https://ann:s3cret@s3.example.org");

        assertThat(document(read("original.yml", text), "orders").yaml())
                .doesNotContain("s3cret")
                .contains("https://a:8421", "https://s3.example.org");
    }

    private RestoreDocument document(TidemarkConfiguration configuration, String namespace) {
        Map<String, StoreConfiguration> stores =
                configuration.namespaces().get(namespace).stores();
        return RestoreDocument.of(configuration.archive(), ID, configuration.oracle(), namespace, stores);
    }

    private TidemarkConfiguration read(String name, String text) throws IOException {
        return new ConfigurationReader().read(Files.writeString(directory.resolve(name), text));
    }
}
