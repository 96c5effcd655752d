package dev.tidemark.coordinator.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryReaderTest {
    private static final String HEADER =
            "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"bank\",\"stores\":[\"main\"]}\n";
    private static final Path PAGE = Path.of("../docs/history-format.rst");

    @TempDir
    private Path directory;

    @Test
    void next_whatTheWriterWrote_isTheSame() throws IOException {
        HistoryHeader header = new HistoryHeader("bänk", List.of("main", "second"), 3);
        RecordedCell cell =
                new RecordedCell(TableName.of("t"), Cell.of(Bytes.EMPTY, Bytes.ofHex("00ff")), Bytes.utf8("value"));
        RecordedCell nothing = new RecordedCell(TableName.of("t"), Cell.of(Bytes.utf8("r"), Bytes.EMPTY), Bytes.EMPTY);
        List<HistoryTransaction> transactions = List.of(
                new HistoryTransaction("second", 4, 5, Outcome.COMMITTED, List.of(nothing), List.of(cell, nothing)),
                new HistoryTransaction(
                        "main", 6, HistoryTransaction.NO_COMMIT, Outcome.COMMITTED, List.of(cell), List.of()),
                new HistoryTransaction("main", 7, 9, Outcome.UNKNOWN, List.of(), List.of(cell)),
                new HistoryTransaction("main", 8, HistoryTransaction.NO_COMMIT, Outcome.ABORTED, List.of(), List.of()));
        Path file = directory.resolve("history");
        try (HistoryWriter writer = HistoryWriter.create(file, header)) {
            transactions.forEach(writer::write);
        }

        try (HistoryReader reader = HistoryReader.open(file)) {
            assertThat(reader.header()).isEqualTo(header);
            assertThat(all(reader)).isEqualTo(transactions);
            assertThat(reader.line()).isEqualTo(5);
            assertThat(reader.readBytes()).isEqualTo(Files.size(file));
        }
    }

    @Test
    void recorder_readsAndWritesAgain_keepsTheFirstReadAndTheLastWrite() {
        Path file = directory.resolve("history");
        TableName table = TableName.of("t");
        Cell cell = Cell.of(Bytes.utf8("r"), Bytes.utf8("c"));
        Cell own = Cell.of(Bytes.utf8("s"), Bytes.utf8("c"));
        try (HistoryWriter writer = HistoryWriter.create(file, HistoryHeader.complete("bank", List.of("main")))) {
            writer.begin("main", 1)
                    .read(table, cell, Bytes.EMPTY)
                    .read(table, cell, Bytes.utf8("x"))
                    .write(table, own, Bytes.utf8("1"))
                    .read(table, own, Bytes.utf8("1"))
                    .write(table, own, Bytes.utf8("2"))
                    .committed(4);
            writer.begin("main", 2).unknown();
            writer.begin("main", 3).aborted();
        }

        try (HistoryReader reader = HistoryReader.open(file)) {
            assertThat(all(reader))
                    .containsExactly(
                            new HistoryTransaction(
                                    "main",
                                    1,
                                    4,
                                    Outcome.COMMITTED,
                                    List.of(new RecordedCell(table, cell, Bytes.EMPTY)),
                                    List.of(new RecordedCell(table, own, Bytes.utf8("2")))),
                            new HistoryTransaction("main", 2, 0, Outcome.UNKNOWN, List.of(), List.of()),
                            new HistoryTransaction("main", 3, 0, Outcome.ABORTED, List.of(), List.of()));
        }
    }

    @Test
    void next_exampleOfThePage_isAccepted() throws IOException {
        StringBuilder example = new StringBuilder();
        Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("   {"))
                .forEach(line -> example.append(line.strip()).append('\n'));
        Path file = Files.writeString(directory.resolve("history"), example);

        try (HistoryReader reader = HistoryReader.open(file)) {
            assertThat(reader.header()).isEqualTo(HistoryHeader.complete("bank", List.of("main")));
            assertThat(all(reader)).hasSize(4);
        }
    }

    @Test
    void create_fileThatExists_isRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("history"));

        assertThatThrownBy(() -> HistoryWriter.create(file, HistoryHeader.complete("bank", List.of("main"))))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("it exists already");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"start\":5}                                                   | field 'outcome' is missing",
                "{\"outcome\":\"aborted\"}                                       | field 'start' is missing",
                "{\"start\":5,\"outcome\":\"aborted\",\"comit\":7}               | field 'comit' (expected: one of store",
                "{\"start\":5,\"start\":5,\"outcome\":\"aborted\"}               | Duplicate field 'start'",
                "{\"start\":0,\"outcome\":\"aborted\"}                           | start: 0 (expected: a whole number",
                "{\"start\":-5,\"outcome\":\"aborted\"}                          | start: -5 (expected: a whole number",
                "{\"start\":5.0,\"outcome\":\"aborted\"}                         | start: 5.0 (expected: a whole number",
                "{\"start\":\"5\",\"outcome\":\"aborted\"}                       | start: 5 (expected: a whole number",
                "{\"start\":true,\"outcome\":\"aborted\"}                        | start: true (expected: a whole number",
                "{\"start\":9223372036854775808,\"outcome\":\"aborted\"}         | (expected: a whole number",
                "{\"start\":null,\"outcome\":\"aborted\"}                        | start: null (expected: a whole number",
                "{\"start\":5,\"commit\":5,\"outcome\":\"committed\"}            | commit: 5 (expected: above the start 5)",
                "{\"start\":5,\"commit\":4,\"outcome\":\"aborted\"}              | commit: 4 (expected: above the start 5)",
                "{\"start\":5,\"outcome\":\"commited\"}                          | outcome: 'commited' (expected: committed,",
                "{\"start\":5,\"outcome\":7}                                     | outcome: 7 (expected: text)",
                "{\"start\":5,\"outcome\":\"aborted\",\"store\":\"x\"}           | store: 'x' (expected: one of [main]",
                "{\"start\":5,\"outcome\":\"aborted\",\"reads\":{}}              | reads: { (expected: an array)",
                "{\"start\":5,\"outcome\":\"aborted\",\"reads\":[1]}             | reads: 1 (expected: an object",
                "{\"start\":5,\"outcome\":\"aborted\"} {}                        | something follows the object",
                "[]                                                              | no JSON object",
                "{\"start\":5                                                    | it is not JSON",
                "hello                                                           | it is not JSON",
                "^^                                                              | no JSON object",
            })
    void next_lineThatIsWrong_isRefusedByNumber(String line, String problem) throws IOException {
        Path file = Files.writeString(
                directory.resolve("history"),
                HEADER + "{\"start\":1,\"outcome\":\"aborted\"}\n" + line
                        + "\n{\"start\":2,\"outcome\":\"aborted\"}\n");

        assertRefused(file, "line 3: ", problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"table\":\"t\",\"row\":\"61\",\"column\":\"63\"                       | field 'value' is missing",
                "\"row\":\"61\",\"column\":\"63\",\"value\":null                        | field 'table' is missing",
                "\"table\":\"t\",\"row\":\"6\",\"column\":\"63\",\"value\":\"31\"       | row: '6' (expected: pairs of hexa",
                "\"table\":\"t\",\"row\":\"6A\",\"column\":\"63\",\"value\":\"31\"      | row: '6A' (expected: pairs of hexa",
                "\"table\":\"t\",\"row\":\"61\",\"column\":null,\"value\":\"31\"        | column: null (expected: text)",
                "\"table\":\"t\",\"row\":\"61\",\"column\":\"63\",\"value\":\"\"        | value: '' (expected: at least one",
                "\"table\":\"_t\",\"row\":\"61\",\"column\":\"63\",\"value\":null       | table: '_t' (expected: a table of",
                "\"table\":\"a b\",\"row\":\"61\",\"column\":\"63\",\"value\":null      | table name: 'a b'",
                "\"table\":\"t\",\"row\":\"61\",\"column\":\"63\",\"value\":null,\"x\":1 | field 'x' (expected: one of table",
            })
    void next_cellThatIsWrong_isRefusedByNumber(String cell, String problem) throws IOException {
        for (String list : List.of("reads", "writes")) {
            Path file = Files.writeString(
                    directory.resolve("history"),
                    HEADER + "{\"start\":5,\"commit\":6,\"outcome\":\"committed\",\"" + list + "\":[{" + cell
                            + "}]}\n");

            assertRefused(file, "line 2: ", problem);
        }
    }

    @Test
    void next_cellTwice_isRefused() throws IOException {
        String cell = "{\"table\":\"t\",\"row\":\"61\",\"column\":\"63\",\"value\":\"31\"}";
        for (String list : List.of("reads", "writes")) {
            Path file = Files.writeString(
                    directory.resolve("history"),
                    HEADER + "{\"start\":5,\"commit\":6,\"outcome\":\"committed\",\"" + list + "\":[" + cell + ","
                            + cell + "]}\n");

            assertRefused(file, "line 2: ", list + ": table 't' row 61 column 63 twice");
        }
    }

    @Test
    void next_committedWritesWithoutATimestamp_areRefused() throws IOException {
        Path file = Files.writeString(
                directory.resolve("history"),
                HEADER + "{\"start\":5,\"commit\":null,\"outcome\":\"committed\",\"writes\":"
                        + "[{\"table\":\"t\",\"row\":\"61\",\"column\":\"63\",\"value\":\"31\"}]}\n");

        assertRefused(file, "line 2: ", "commit: none (expected: a timestamp");
    }

    @Test
    void next_lastLineWithoutAnEnd_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("history"), HEADER + "{\"start\":5,\"outcome\":\"aborted\"}");

        assertRefused(file, "line 2: ", "does not end with a line feed");
    }

    @Test
    void next_bytesThatAreNotUtf8_areRefused() throws IOException {
        byte[] line = (HEADER + "{\"start\":5,\"outcome\":\"aborted\",\"store\":\"m?in\"}\n")
                .getBytes(StandardCharsets.UTF_8);
        line[line.length - 6] = (byte) 0xff;
        Path file = Files.write(directory.resolve("history"), line);

        assertRefused(file, "line 2: ", "it is not UTF-8");
    }

    @Test
    void next_lineThatIsTooLong_isRefused() throws IOException {
        Path file = Files.writeString(
                directory.resolve("history"), HEADER + " ".repeat(HistoryReader.MAX_LINE_BYTES) + "\n");

        assertRefused(file, "line 2: ", "it is too long");
    }

    @Test
    void next_severalStores_needTheirNameInEachLine() throws IOException {
        Path file = Files.writeString(
                directory.resolve("history"),
                HEADER.replace("[\"main\"]", "[\"main\",\"second\"]") + "{\"start\":5,\"outcome\":\"aborted\"}\n");

        assertRefused(file, "line 2: ", "field 'store' is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^                                                                             | the file is empty",
                "{}                                                                           | no header",
                "{\"format\":\"other\",\"version\":1}                                         | no header",
                "{\"format\":\"tidemark-history\"}                                            | no header",
                "{\"format\":\"tidemark-history\",\"version\":1}                              | field 'namespace' is miss",
                "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"b\",\"stores\":[]}        | stores: []",
                "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"b\",\"stores\":[\"a\",\"a\"]} | each once",
                "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"\",\"stores\":[\"a\"]}    | namespace: ''",
                "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"b\",\"stores\":[\"a\"],\"from\":0} | from: 0",
                "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"b\",\"stores\":[\"a\"],\"form\":1} | field 'form'",
            })
    void open_headerThatIsWrong_isRefused(String content, String problem) throws IOException {
        Path file = Files.writeString(directory.resolve("history"), content.isEmpty() ? "" : content + "\n");

        assertRefused(file, "line 1: ", problem);
    }

    @Test
    void open_laterVersion_isRefusedAsSuch() throws IOException {
        Path file = Files.writeString(
                directory.resolve("history"), "{\"format\":\"tidemark-history\",\"version\":2,\"more\":[{}]}\n");

        assertThatThrownBy(() -> HistoryReader.open(file))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.UNKNOWN_FORMAT_VERSION))
                .hasMessageContaining("version 2 (expected: 1)");
    }

    @Test
    void open_fileThatIsNotThere_isRefused() {
        assertRefused(directory.resolve("nowhere"), "'", "there is no such file");
        assertRefused(directory, "'", "it is a directory");
    }

    private static void assertRefused(Path file, String... parts) {
        assertThatThrownBy(() -> {
                    try (HistoryReader reader = HistoryReader.open(file)) {
                        all(reader);
                    }
                })
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT);
                    assertThat(e.getMessage()).contains(file.toString()).contains(parts);
                    assertThat(e.hint()).isNotEmpty();
                });
    }

    private static List<HistoryTransaction> all(HistoryReader reader) {
        List<HistoryTransaction> transactions = new ArrayList<>();
        for (Optional<HistoryTransaction> next = reader.next(); next.isPresent(); next = reader.next()) {
            transactions.add(next.get());
        }
        return transactions;
    }
}
