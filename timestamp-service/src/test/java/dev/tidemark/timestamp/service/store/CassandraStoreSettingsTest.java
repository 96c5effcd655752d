package dev.tidemark.timestamp.service.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.cassandra.CassandraBoundSettings;
import io.dropwizard.jackson.Jackson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CassandraStoreSettingsTest {
    private static final ObjectMapper JSON =
            Jackson.newObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private static final String REQUIRED =
            "'type': 'cassandra', 'contactPoints': ['db-1:9042', 'db-2:9043'], 'localDatacenter': 'dc1', 'keyspace': 'oracle'";

    @Test
    void read_requiredKeysAlone_hasTheDefaults() throws Exception {
        CassandraStoreSettings settings = read("");

        CassandraBoundSettings bounds = settings.settings();
        assertThat(bounds.cql().contactPoints())
                .extracting(point -> point.getHostString() + ":" + point.getPort())
                .containsExactly("db-1:9042", "db-2:9043");
        assertThat(bounds.cql().localDatacenter()).isEqualTo("dc1");
        assertThat(bounds.cql().credentials()).isNull();
        assertThat(bounds.cql().tls()).isNull();
        assertThat(bounds.cql().requestTimeout()).isEqualTo(Duration.ofMillis(750));
        assertThat(bounds.keyspace()).isEqualTo("oracle");
        assertThat(bounds.replication()).isEmpty();
        assertThat(bounds.isSerialLocal()).isFalse();
        assertThat(bounds.allowsSingleReplica()).isFalse();
        assertThat(settings.longestWait()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void read_everyKey_isTaken() throws Exception {
        CassandraStoreSettings settings = read(", 'replication': {'dc1': 3}, 'user': 'tm', 'password': 'secret-1',"
                + " 'tls': {'trustStore': 'a.p12', 'trustStorePassword': 'secret-2', 'keyStore': 'b.p12',"
                + " 'keyStorePassword': 'secret-3'},"
                + " 'requestTimeout': '2s', 'serialLocal': true, 'allowSingleReplica': true");

        CassandraBoundSettings bounds = settings.settings();
        assertThat(bounds.replication()).isEqualTo(Map.of("dc1", 3));
        assertThat(bounds.cql().credentials().user()).isEqualTo("tm");
        assertThat(bounds.cql().credentials().password()).isEqualTo("secret-1");
        assertThat(bounds.cql().tls().trustStore().path()).isEqualTo(Path.of("a.p12"));
        assertThat(bounds.cql().tls().trustStore().password()).isEqualTo("secret-2");
        assertThat(bounds.cql().tls().keyStore().password()).isEqualTo("secret-3");
        assertThat(settings.longestWait()).isEqualTo(Duration.ofSeconds(4));
        assertThat(bounds.isSerialLocal()).isTrue();
        assertThat(bounds.allowsSingleReplica()).isTrue();
        assertThat(settings.toString()).contains("oracle").doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'contactPoints': ['db-1']|host:port",
                "'contactPoints': ['db-1:99999']|host:port",
                "'keyspace': 'my-oracle'|keyspace",
                "'user': 'tm'|user and password",
                "'password': 'x'|user and password",
                "'requestTimeout': '0s'|requestTimeout",
                "'requestTimeout': '31m'|requestTimeout",
                "'replication': {'dc1': 0}|replication",
                "'tls': {'trustStore': 'a.p12'}|trustStorePassword",
                "'serialLokal': true|serialLokal"
            })
    void read_wrongValue_namesTheKey(String key, String expected) {
        assertThatThrownBy(() -> read(", " + key))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void read_whereAtlasDbKeepsItsLimit_isTaken(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("from.yml"),
                "{" + REQUIRED.replace('\'', '"') + ", \"user\": \"atlas\", \"password\": \"secret-1\"}");

        assertThat(ForeignBoundSettings.read(file)).isInstanceOfSatisfying(AtlasDbCassandraSettings.class, settings -> {
            assertThat(settings.keyspace()).isEqualTo("oracle");
            assertThat(settings.password()).isEqualTo("secret-1");
            assertThat(settings.requestTimeout().toSeconds()).isEqualTo(30);
            assertThat(settings.toString()).contains("db-1:9042").doesNotContain("secret");
        });
        Files.writeString(file, "{\"type\": \"cassandra\", \"keyspace\": \"a-b\"}");
        assertThatThrownBy(() -> ForeignBoundSettings.read(file))
                .isInstanceOfSatisfying(TimestampException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e).hasMessageContaining("keyspace");
                });
        Files.writeString(file, "{\"type\": \"cassandra\", \"keyspace\": \"a\", \"localDatacenter\": \"dc1\"}");
        assertThatThrownBy(() -> ForeignBoundSettings.read(file)).hasMessageContaining("contactPoints");
    }

    private static CassandraStoreSettings read(String more) throws Exception {
        return (CassandraStoreSettings)
                JSON.readValue(("{" + REQUIRED + more + "}").replace('\'', '"'), BoundStoreSettings.class);
    }
}
