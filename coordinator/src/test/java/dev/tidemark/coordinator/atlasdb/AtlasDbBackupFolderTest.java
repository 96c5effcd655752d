package dev.tidemark.coordinator.atlasdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.rewind.ExternalBackup;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtlasDbBackupFolderTest {
    /** As AtlasDB 0.1175.0 writes it. */
    private static final String STATE = "{\"value\":{\"value\":{\"timestampToTransactionsTableSchemaVersion\":"
            + "{\"timestampMappings\":[{\"longRange\":{\"lowerEndpoint\":1316020054,\"lowerBoundType\":\"CLOSED\"},"
            + "\"value\":3},{\"longRange\":{\"lowerEndpoint\":1,\"lowerBoundType\":\"CLOSED\","
            + "\"upperEndpoint\":1316020054,\"upperBoundType\":\"OPEN\"},\"value\":1}]}}},\"bound\":1318613869}";

    private static final String STATE_OF_OLD_FILES = STATE.replace("lowerEndpoint", "lower-endpoint")
            .replace("lowerBoundType", "lower-bound-type")
            .replace("upperEndpoint", "upper-endpoint")
            .replace("upperBoundType", "upper-bound-type");

    private static final ExternalBackup EXPECTED = new ExternalBackup(
            1316020000,
            1316020100,
            1316020200,
            new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 1316020054L, 3))),
            1318613869);

    @TempDir
    private Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        write("immutable.timestamp", "1316020000");
        write("backup.timestamp", "1316020100");
        write("fast-forward.timestamp", "1316020200\n");
        write("internal_schema_metadata_state", STATE);
    }

    @Test
    void read_filesOfAtlasDb_givesTheBackup() {
        assertThat(new AtlasDbBackupFolder(folder).read()).isEqualTo(EXPECTED);
    }

    @Test
    void read_namesWithDashes_givesTheBackup() throws IOException {
        write("internal_schema_metadata_state", STATE_OF_OLD_FILES);

        assertThat(new AtlasDbBackupFolder(folder).read()).isEqualTo(EXPECTED);
    }

    @Test
    void write_emptyFolder_writesWhatAtlasDbWrites() throws IOException {
        Path other = folder.resolve("another/folder");

        new AtlasDbBackupFolder(other).write(EXPECTED);
        new AtlasDbBackupFolder(other).write(EXPECTED);

        assertThat(other.resolve("internal_schema_metadata_state")).hasContent(STATE);
        assertThat(other.resolve("backup.timestamp")).hasContent("1316020100");
        assertThat(new AtlasDbBackupFolder(other).read()).isEqualTo(EXPECTED);
        try (var files = Files.list(other)) {
            assertThat(files).hasSize(4);
        }
    }

    @Test
    void write_folderOfAnotherBackup_isRefusedAndChangesNothing() throws IOException {
        write("fast-forward.timestamp", "1316020300");

        assertRefused(
                () -> new AtlasDbBackupFolder(folder).write(EXPECTED), "fast-forward.timestamp' is of another backup");

        assertThat(folder.resolve("fast-forward.timestamp")).hasContent("1316020300");
    }

    /** H12 and H24: a missing or damaged file must not be taken for one that was never needed; nor may files be mixed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "immutable.timestamp            |           | does not exist",
                "internal_schema_metadata_state |           | does not exist",
                "backup.timestamp               | 12x       | can't be understood",
                "backup.timestamp               | \"12\"    | holds",
                "backup.timestamp               | 1316019999| expected: 1 <= immutable < backup < fast-forward",
                "fast-forward.timestamp         | 1316020100| expected: 1 <= immutable < backup < fast-forward",
                "fast-forward.timestamp         | 1e30      | holds",
                "internal_schema_metadata_state | {}        | has no bound",
                "internal_schema_metadata_state | {         | can't be understood",
                "internal_schema_metadata_state | {'bound':9} | can't be understood"
            })
    void read_fileThatIsNotRight_isRefused(String name, String content, String expected) throws IOException {
        if (content == null) {
            Files.delete(folder.resolve(name));
        } else {
            write(name, content);
        }

        assertRefused(() -> new AtlasDbBackupFolder(folder).read(), expected);
    }

    /** H13: a schema that nobody here knows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"value\":3}|\"value\":4}|not known",
                "\"value\":3}|\"value\":\"3\"}|expected: a number",
                "\"lowerEndpoint\":1,|\"lowerEndpoint\":2,|begins at 2",
                "\"upperEndpoint\":1316020054|\"upperEndpoint\":1316020053|begins at 1316020054",
                "\"upperBoundType\":\"OPEN\"|\"upperBoundType\":\"CLOSED\"|expected: OPEN"
            })
    void read_schemasThatAreNotUnderstood_isRefused(String text, String replacement, String expected)
            throws IOException {
        write("internal_schema_metadata_state", STATE.replace(text, replacement));

        assertThatThrownBy(() -> new AtlasDbBackupFolder(folder).read())
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA);
                    assertThat(e.getMessage()).contains(expected);
                });
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT);
            assertThat(e.getMessage()).contains(message);
            assertThat(e.hint()).isNotEmpty();
        });
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }
}
