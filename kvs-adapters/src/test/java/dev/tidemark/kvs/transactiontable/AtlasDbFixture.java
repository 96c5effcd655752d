package dev.tidemark.kvs.transactiontable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Tables that AtlasDB wrote, captured table after table while transactions ran, and so torn. */
final class AtlasDbFixture {
    static final TableName TRANSACTIONS = TableName.of("_transactions");
    static final TableName TRANSACTIONS2 = TableName.of("_transactions2");
    static final TableName ACCOUNTS = TableName.of("bank__accounts");
    static final TableName TRANSFERS = TableName.of("bank__transfers");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    final TreeMapCells cells = new TreeMapCells();
    final JsonNode facts;
    final TransactionsSchemaMap schemas;
    private final String folder;

    private AtlasDbFixture(String folder, TransactionsSchemaMap schemas) {
        this.folder = folder;
        this.schemas = schemas;
        this.facts = json(String.join("\n", Resources.lines(folder + "facts.json")));
    }

    static AtlasDbFixture cassandra() {
        String folder = "fixtures/atlasdb/cassandra/";
        AtlasDbFixture fixture = new AtlasDbFixture(folder, coordination(folder));
        for (TableName table : List.of(TRANSACTIONS, TRANSACTIONS2, ACCOUNTS, TRANSFERS)) {
            fixture.cells.createTable(table);
            for (String[] row : Resources.rows(folder + table + ".csv.gz")) {
                fixture.put(table, row[0], row[1], ~Long.parseLong(row[2]), row[3]);
            }
        }
        return fixture;
    }

    static AtlasDbFixture postgres() {
        String folder = "fixtures/atlasdb/postgres/";
        AtlasDbFixture fixture = new AtlasDbFixture(folder, TransactionsSchemaMap.always(1));
        Map<TableName, String> files = Map.of(
                TRANSFERS, "00-bank__transfers", TRANSACTIONS, "01-_transactions", ACCOUNTS, "02-bank__accounts");
        files.forEach((table, file) -> {
            fixture.cells.createTable(table);
            for (String line : Resources.lines(folder + file + ".sql.gz")) {
                if (line.startsWith("\\\\x")) {
                    String[] row = line.replace("\\\\x", "").split("\t", -1);
                    fixture.put(table, row[0], row[1], Long.parseLong(row[2]), row[3]);
                }
            }
        });
        return fixture;
    }

    /** The schema map as it stands in the store itself: a pointer to the JSON document whose payload is base64. */
    private static TransactionsSchemaMap coordination(String folder) {
        Map<String, String> values = new TreeMap<>();
        Resources.rows(folder + "_coordination.csv.gz").forEach(row -> values.put(row[1], row[3]));
        JsonNode pointer = json(Bytes.ofHex(values.get("00")).toUtf8());
        String sequence = VarLong.encode(pointer.get("sequence").longValue()).toHex();
        JsonNode document = json(Bytes.ofHex(values.get(sequence)).toUtf8());
        JsonNode payload = json(
                Bytes.wrap(Base64.getDecoder().decode(document.get("payload").textValue()))
                        .toUtf8());
        NavigableMap<Long, Integer> versions = new TreeMap<>();
        for (JsonNode mapping :
                payload.get("timestampToTransactionsTableSchemaVersion").get("timestampMappings")) {
            versions.put(
                    mapping.get("longRange").get("lowerEndpoint").longValue(),
                    mapping.get("value").intValue());
        }
        return new TransactionsSchemaMap(versions);
    }

    private void put(TableName table, String row, String column, long timestamp, String value) {
        Cell cell = Cell.of(Bytes.ofHex(row), Bytes.ofHex(column));
        cells.put(table, Map.of(cell, Bytes.ofHex(value)), timestamp);
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long immutableTimestamp() {
        return facts.get("immutable_timestamp").longValue();
    }

    long backupTimestamp() {
        return facts.get("backup_timestamp").longValue();
    }

    long fastForwardTimestamp() {
        return facts.get("fast_forward_timestamp").longValue();
    }

    CellTransactionTable table() {
        return new CellTransactionTable(cells, schemas);
    }

    List<String> expected(String name) {
        return Resources.lines(folder + name);
    }

    /** Aborts by value what has committed above B and has its start timestamp in the interval. */
    long abortCommitsAfterBackup(TimestampRange starts) {
        long aborted = 0;
        for (TransactionTable.Part part : table().split(starts, 16)) {
            try (CloseableIterator<TransactionEntry> entries = table().scan(part)) {
                while (entries.hasNext()) {
                    TransactionEntry entry = entries.next();
                    if (commitOf(entry.state()).orElse(0L) > backupTimestamp()) {
                        if (!table().abort(entry)) {
                            throw new AssertionError("not aborted: " + entry);
                        }
                        aborted++;
                    }
                }
            }
        }
        return aborted;
    }

    static Optional<Long> commitOf(TransactionState state) {
        if (state instanceof TransactionState.Committed committed) {
            return Optional.of(committed.commitTimestamp());
        }
        return state instanceof TransactionState.Staging staging
                ? Optional.of(staging.commitTimestamp())
                : Optional.empty();
    }

    /** Reads as a client of the store would: every cell's newest version whose transaction has committed. */
    NavigableMap<Long, CellVersion> visible(TableName table) {
        NavigableMap<Long, CellVersion> visible = new TreeMap<>();
        try (CloseableIterator<CellVersion> versions = cells.scan(table, CellRange.all(), Long.MAX_VALUE)) {
            while (versions.hasNext()) {
                CellVersion version = versions.next();
                boolean isCommitted = table().read(version.timestamp())
                        .flatMap(AtlasDbFixture::commitOf)
                        .isPresent();
                if (isCommitted) {
                    visible.putIfAbsent(version.cell().row().toLong() ^ Long.MIN_VALUE, version);
                }
            }
        }
        return visible;
    }
}
