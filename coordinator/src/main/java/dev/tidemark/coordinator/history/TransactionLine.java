package dev.tidemark.coordinator.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The lines of a history as JSON. Reading refuses whatever the format does not have: a field that is unknown, missing or there
 * twice, a number as text, anything after the object. Content that can't be accepted is an {@link IllegalArgumentException},
 * what is no JSON an {@link IOException}; the message of either is for the operator.
 */
final class TransactionLine {
    static final String FORMAT = "tidemark-history";
    static final int VERSION = 1;

    private static final int MAX_DEPTH = 4;
    private static final int MAX_NUMBER_LENGTH = 20;
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})*");
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxStringLength(HistoryReader.MAX_LINE_BYTES)
                    .maxNameLength(200)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonParser parser;

    private TransactionLine(JsonParser parser) {
        this.parser = parser;
    }

    /** Returns the format version of a header line; everything else in it may belong to another version. */
    static long version(String line) throws IOException {
        boolean isHistory = false;
        long version = -1;
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    JsonToken token = parser.nextToken();
                    if (name.equals("format") && token == JsonToken.VALUE_STRING) {
                        isHistory = parser.getText().equals(FORMAT);
                    } else if (name.equals("version") && token == JsonToken.VALUE_NUMBER_INT) {
                        version = parser.getLongValue();
                    } else {
                        parser.skipChildren();
                    }
                }
            }
        }
        if (!isHistory || version < 1) {
            throw new IllegalArgumentException("no header (expected: {\"format\":\"" + FORMAT + "\",\"version\":...})");
        }
        return version;
    }

    static HistoryHeader parseHeader(String line) throws IOException {
        try (JsonParser parser = JSON.createParser(line)) {
            TransactionLine reader = new TransactionLine(parser);
            HistoryHeader header = reader.header();
            reader.requireEnd();
            return header;
        }
    }

    static HistoryTransaction parse(String line, HistoryHeader header) throws IOException {
        try (JsonParser parser = JSON.createParser(line)) {
            TransactionLine reader = new TransactionLine(parser);
            HistoryTransaction transaction = reader.transaction(header);
            reader.requireEnd();
            return transaction;
        }
    }

    static String format(HistoryHeader header) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("format", FORMAT);
            json.writeNumberField("version", VERSION);
            json.writeStringField("namespace", header.namespace());
            json.writeArrayFieldStart("stores");
            for (String store : header.stores()) {
                json.writeString(store);
            }
            json.writeEndArray();
            json.writeNumberField("from", header.from());
            json.writeEndObject();
        }
        return text.toString();
    }

    static String format(HistoryTransaction transaction) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("store", transaction.store());
            json.writeNumberField("start", transaction.start());
            if (transaction.commit() != HistoryTransaction.NO_COMMIT) {
                json.writeNumberField("commit", transaction.commit());
            }
            json.writeStringField("outcome", nameOf(transaction.outcome()));
            formatCells(json, "reads", transaction.reads());
            formatCells(json, "writes", transaction.writes());
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void formatCells(JsonGenerator json, String field, List<RecordedCell> cells) throws IOException {
        json.writeArrayFieldStart(field);
        for (RecordedCell cell : cells) {
            json.writeStartObject();
            json.writeStringField("table", cell.table().name());
            json.writeStringField("row", cell.cell().row().toHex());
            json.writeStringField("column", cell.cell().column().toHex());
            json.writeFieldName("value");
            if (cell.value().isEmpty()) {
                json.writeNull();
            } else {
                json.writeString(cell.value().toHex());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private HistoryHeader header() throws IOException {
        String format = "";
        String namespace = "";
        List<String> stores = List.of();
        long from = 1;
        Fields fields = new Fields("format", "version", "namespace", "stores", "from");
        startObject("the header");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = fields.seen(parser.currentName());
            parser.nextToken();
            switch (name) {
                case "format" -> format = text(name);
                case "version" -> number(name);
                case "namespace" -> namespace = text(name);
                case "stores" -> stores = texts(name);
                default -> from = number(name);
            }
        }
        fields.require("format", "version", "namespace", "stores");
        if (!format.equals(FORMAT)) {
            throw new IllegalArgumentException("format: '" + format + "' (expected: '" + FORMAT + "')");
        }
        return new HistoryHeader(namespace, stores, from);
    }

    private HistoryTransaction transaction(HistoryHeader header) throws IOException {
        String store = header.stores().get(0);
        long start = 0;
        long commit = HistoryTransaction.NO_COMMIT;
        Outcome outcome = Outcome.UNKNOWN;
        List<RecordedCell> reads = List.of();
        List<RecordedCell> writes = List.of();
        Fields fields = new Fields("store", "start", "commit", "outcome", "reads", "writes");
        startObject("a transaction");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = fields.seen(parser.currentName());
            JsonToken token = parser.nextToken();
            switch (name) {
                case "store" -> store = text(name);
                case "start" -> start = number(name);
                case "commit" -> commit = token == JsonToken.VALUE_NULL ? HistoryTransaction.NO_COMMIT : number(name);
                case "outcome" -> outcome = outcome(text(name));
                case "reads" -> reads = cells(name);
                default -> writes = cells(name);
            }
        }
        fields.require("start", "outcome");
        if (header.stores().size() > 1) {
            fields.require("store");
        }
        if (!header.stores().contains(store)) {
            throw new IllegalArgumentException(
                    "store: '" + store + "' (expected: one of " + header.stores() + ", as in the header)");
        }
        return new HistoryTransaction(store, start, commit, outcome, reads, writes);
    }

    private List<RecordedCell> cells(String field) throws IOException {
        startArray(field);
        List<RecordedCell> cells = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            cells.add(cell(field));
        }
        return cells;
    }

    private RecordedCell cell(String list) throws IOException {
        TableName table = null;
        Bytes row = Bytes.EMPTY;
        Bytes column = Bytes.EMPTY;
        Bytes value = Bytes.EMPTY;
        Fields fields = new Fields("table", "row", "column", "value");
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException(list + ": " + shown() + " (expected: an object for each cell)");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = fields.seen(parser.currentName());
            JsonToken token = parser.nextToken();
            switch (name) {
                case "table" -> table = TableName.of(text(name));
                case "row" -> row = bytes(name);
                case "column" -> column = bytes(name);
                default -> value = token == JsonToken.VALUE_NULL ? Bytes.EMPTY : value(name);
            }
        }
        fields.require("table", "row", "column", "value");
        return new RecordedCell(table, Cell.of(row, column), value);
    }

    private Bytes value(String field) throws IOException {
        Bytes value = bytes(field);
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + ": '' (expected: at least one byte, or null for no value)");
        }
        return value;
    }

    private Bytes bytes(String field) throws IOException {
        String text = text(field);
        if (!HEX.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    field + ": '" + shortened(text) + "' (expected: pairs of hexadecimal digits 0-9 a-f)");
        }
        return Bytes.ofHex(text);
    }

    private String text(String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException(field + ": " + shown() + " (expected: text)");
        }
        return parser.getText();
    }

    private List<String> texts(String field) throws IOException {
        startArray(field);
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            texts.add(text(field));
        }
        return texts;
    }

    private long number(String field) throws IOException {
        boolean isWhole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!isWhole || parser.getLongValue() < 1) {
            throw new IllegalArgumentException(
                    field + ": " + shown() + " (expected: a whole number, 1.." + Long.MAX_VALUE + ")");
        }
        return parser.getLongValue();
    }

    private static Outcome outcome(String text) {
        return Arrays.stream(Outcome.values())
                .filter(outcome -> nameOf(outcome).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "outcome: '" + shortened(text) + "' (expected: committed, aborted or unknown)"));
    }

    static String nameOf(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private void startObject(String what) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("no JSON object (expected: " + what + ")");
        }
    }

    private void startArray(String field) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException(field + ": " + shown() + " (expected: an array)");
        }
    }

    private void requireEnd() throws IOException {
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException("something follows the object (expected: one object on each line)");
        }
    }

    private String shown() throws IOException {
        return shortened(parser.getText());
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    /** The fields of an object: which there may be, and which there were. */
    private static final class Fields {
        private final List<String> known;
        private final Set<String> seen = new TreeSet<>();

        Fields(String... known) {
            this.known = List.of(known);
        }

        String seen(String name) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "field '" + shortened(name) + "' (expected: one of " + String.join(", ", known) + ")");
            }
            seen.add(name);
            return name;
        }

        void require(String... names) {
            for (String name : names) {
                if (!seen.contains(name)) {
                    throw new IllegalArgumentException("field '" + name + "' is missing");
                }
            }
        }
    }
}
