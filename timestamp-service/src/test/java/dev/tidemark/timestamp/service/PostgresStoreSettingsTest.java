package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.postgres.FailoverPolicy;
import dev.tidemark.timestamp.service.store.AtlasDbPostgresSettings;
import dev.tidemark.timestamp.service.store.ForeignBoundSettings;
import dev.tidemark.timestamp.service.store.PostgresStoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresStoreSettingsTest {
    private static final String STORE = "type: postgres, url: 'jdbc:postgresql://db/oracle', user: u";

    @TempDir
    private Path directory;

    @Test
    void read_aStore_hasItsDefaultsAndHidesThePassword() throws IOException {
        TimestampServiceSettings settings = read(STORE + ", password: secret-1", "");

        PostgresStoreSettings store = (PostgresStoreSettings) settings.store();
        assertThat(store.schema()).isEqualTo("tidemark");
        assertThat(store.afterFailover()).isEqualTo(FailoverPolicy.STOP);
        assertThat(store.password()).isEqualTo("secret-1");
        assertThat(store.longestWait().toMillis()).isEqualTo(1600);
        assertThat(settings.toString()).contains("jdbc:postgresql://db/oracle").doesNotContain("secret-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schema: Tidemark|schema: 'Tidemark'",
                "schema: 'a\"; DROP'|schema",
                "timeout: 99ms|timeout",
                "timeout: 2m|timeout",
                "timeout: 1000ms|lease: 2 seconds (expected: more than the 2000 ms",
                "afterFailover: GO|afterFailover",
                "passwort: secret-1|passwort"
            })
    void read_badValue_isNamed(String value, String message) {
        assertThatThrownBy(() -> read(STORE + ", " + value, "")).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(e.getMessage()).contains(message).doesNotContain("secret-1");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:mysql://db/oracle",
                "jdbc:postgresql://db/oracle?password=secret-1",
                "jdbc:postgresql://db/oracle?sslmode=require&user=u",
                "jdbc:postgresql://u:secret-1@db/oracle",
                "jdbc:postgresql:"
            })
    void read_badAddress_isRefusedWithoutItsPassword(String url) {
        assertThatThrownBy(() -> read("type: postgres, user: u, url: '" + url + "'", ""))
                .isInstanceOf(TimestampException.class)
                .hasMessageContaining("url")
                .hasMessageNotContaining("secret-1");
    }

    @Test
    void read_longTimeoutWithALongerLease_isAccepted() throws IOException {
        assertThat(read(STORE + ", timeout: 10s", "leader: {lease: 21s}, ")
                        .leader()
                        .lease()
                        .toSeconds())
                .isEqualTo(21);
    }

    @Test
    void read_aLimitOfAtlasDb_hasItsDefaultsAndHidesThePassword() throws IOException {
        Path file = directory.resolve("from.yml");
        Files.writeString(file, "{" + STORE + ", password: secret-1, table: pt_timelock_db_ts, client: orders}");

        AtlasDbPostgresSettings settings = (AtlasDbPostgresSettings) ForeignBoundSettings.read(file);

        assertThat(settings.schema()).isEqualTo("public");
        assertThat(settings.toString()).contains("client=orders").doesNotContain("secret-1");
        Files.writeString(file, "{" + STORE + ", tabel: _timestamp}");
        assertThatThrownBy(() -> ForeignBoundSettings.read(file))
                .isInstanceOf(TimestampException.class)
                .hasMessageContaining("tabel");
        Files.writeString(file, "{" + STORE + ", table: 'a\";'}");
        assertThatThrownBy(() -> ForeignBoundSettings.read(file))
                .isInstanceOf(TimestampException.class)
                .hasMessageContaining("table");
    }

    private TimestampServiceSettings read(String store, String more) throws IOException {
        Path file = directory.resolve("service.yml");
        Files.writeString(file, "oracle: {" + more + "store: {" + store + "}}");
        return TimestampServer.readConfiguration(file).oracle();
    }
}
