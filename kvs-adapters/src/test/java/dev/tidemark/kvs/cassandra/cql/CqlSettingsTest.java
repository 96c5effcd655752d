package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.INVALID_CONFIGURATION;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.cassandra.cql.CqlSettings.Credentials;
import dev.tidemark.kvs.cassandra.cql.CqlSettings.KeyFile;
import dev.tidemark.kvs.cassandra.cql.CqlSettings.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CqlSettingsTest {
    private static final InetSocketAddress NODE =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), CqlSettings.DEFAULT_PORT);

    @Test
    void of_contactPoints_hasDefaults() {
        CqlSettings settings = CqlSettings.of(List.of(NODE), "dc");

        assertThat(settings.credentials()).isNull();
        assertThat(settings.tls()).isNull();
        assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.pageSize()).isEqualTo(5_000);
    }

    @Test
    void constructor_valueOutOfLimits_isRefused() {
        CqlSettings settings = CqlSettings.of(List.of(NODE), "dc");

        assertThatThrownBy(() -> CqlSettings.of(List.of(), "dc")).hasMessageContaining("contactPoints: none");
        assertThatThrownBy(() -> CqlSettings.of(List.of(NODE), " ")).hasMessageContaining("localDatacenter");
        assertThatThrownBy(() -> settings.withPageSize(0)).hasMessageContaining("pageSize: 0");
        assertThatThrownBy(() -> settings.withPageSize(100_001)).hasMessageContaining("pageSize: 100001");
        assertThatThrownBy(() -> settings.withRequestTimeout(Duration.ZERO)).hasMessageContaining("requestTimeout");
    }

    @Test
    void toString_secrets_areNotInIt(@TempDir Path directory) {
        KeyFile file = new KeyFile(directory.resolve("trust.p12"), "swordfish");
        CqlSettings settings = CqlSettings.of(List.of(NODE), "dc")
                .withCredentials(new Credentials("tidemark", "swordfish"))
                .withTls(new Tls(file, file));

        assertThat(settings.toString()).contains("tidemark", "trust.p12").doesNotContain("swordfish");
    }

    @Test
    void load_keyFiles_areReadOrNamed(@TempDir Path directory) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Path file = directory.resolve("trust.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, "secret".toCharArray());
        }
        KeyFile good = new KeyFile(file, "secret");

        assertThat(TlsContext.load(new Tls(good, good)).getProtocol()).isEqualTo("TLS");
        assertThat(TlsContext.load(new Tls(null, null)).getProtocol()).isEqualTo("TLS");
        assertFails(INVALID_CONFIGURATION, () -> TlsContext.load(new Tls(new KeyFile(file, "wrong"), null)));
        assertFails(
                INVALID_CONFIGURATION,
                () -> TlsContext.load(new Tls(good, new KeyFile(directory.resolve("missing"), "secret"))));
    }
}
