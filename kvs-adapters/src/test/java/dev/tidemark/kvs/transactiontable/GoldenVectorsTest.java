package dev.tidemark.kvs.transactiontable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks the encodings against vectors that AtlasDB's own classes have written. */
class GoldenVectorsTest {
    @Test
    void varLong_everyVector_encodesAndDecodes() {
        List<String[]> rows = Resources.rows("golden/varlong.csv");

        assertThat(rows).hasSize(273);
        for (String[] row : rows) {
            checkVarLong(Long.parseLong(row[0]), row[1]);
            checkVarLong(Long.parseLong(row[3]), row[4]);
        }
    }

    private static void checkVarLong(long value, String hex) {
        assertThat(VarLong.encode(value).toHex()).as("encoded %s", value).isEqualTo(hex);
        assertThat(VarLong.decode(Bytes.ofHex(hex))).as("decoded %s", hex).isEqualTo(value);
        assertThat(VarLong.decode(Bytes.ofHex(hex + "0155")))
                .as("followed by more")
                .isEqualTo(value);
    }

    @Test
    void encoding_everyVectorOfSchemas1To3_encodesAndDecodes() {
        int checked = 0;
        for (String[] row : Resources.rows("golden/vectors.csv")) {
            if (!row[0].equals("4")) {
                checkVector(row);
                checked++;
            }
        }
        assertThat(checked).isEqualTo(468 + 468 + 937);
    }

    private static void checkVector(String[] row) {
        TransactionsEncoding encoding = TransactionsEncoding.ofSchema(Integer.parseInt(row[0]));
        long start = Long.parseLong(row[1]);
        Cell cell = Cell.of(Bytes.ofHex(row[3]), Bytes.ofHex(row[4]));
        Bytes value = Bytes.ofHex(row[5]);
        TransactionState state = state(row[2]);

        assertThat(encoding.cellOf(start)).as(String.join(",", row)).isEqualTo(cell);
        assertThat(encoding.startTimestampOf(cell)).isEqualTo(start);
        assertThat(encoding.decode(start, value)).as(String.join(",", row)).isEqualTo(state);
        if (!row[2].equals("ABORTED:STAGING")) {
            assertThat(encoding.encode(start, state)).as(String.join(",", row)).isEqualTo(value);
        }
    }

    private static TransactionState state(String text) {
        if (text.startsWith("ABORTED")) {
            return TransactionState.ABORTED;
        }
        if (text.endsWith(":STAGING")) {
            return TransactionState.staging(Long.parseLong(text.substring(0, text.indexOf(':'))));
        }
        return TransactionState.committed(Long.parseLong(text));
    }

    @Test
    void ofSchema_version4_isRefused() {
        assertThatThrownBy(() -> TransactionsEncoding.ofSchema(4))
                .isInstanceOf(KeyValueStoreException.class)
                .hasMessageContaining("4")
                .extracting(e -> ((KeyValueStoreException) e).code())
                .isEqualTo(ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA);
    }

    /** AtlasDB reads all rows of every quantum that the interval touches; a slice for each of them is what we scan. */
    @Test
    void slices_rowCoverVectors_haveTheSameRows() {
        List<String[]> vectors = Resources.rows("golden/rowcover.csv");

        assertThat(vectors).hasSize(3);
        for (String[] vector : vectors) {
            TimestampRange starts = new TimestampRange(Long.parseLong(vector[0]), Long.parseLong(vector[1]));
            List<String> rows = new ArrayList<>();
            for (long quantum = starts.lower() / Tickets.QUANTUM;
                    quantum <= starts.upper() / Tickets.QUANTUM;
                    quantum++) {
                for (int slice = 0; slice < Tickets.ROWS_PER_QUANTUM; slice++) {
                    rows.add(Tickets.row(quantum, slice).toHex());
                }
            }
            assertThat(rows).containsExactly(vector[2].split(";", -1));
        }
    }

    @Test
    void decode_valueOfAnotherSchema_isMisreadOrRefused() {
        TransactionsEncoding tickets = TransactionsEncoding.ofSchema(2);
        TransactionsEncoding twoPhase = TransactionsEncoding.ofSchema(3);

        // The abort of schema 3 reads as a commit in schema 2, so the schema must never be guessed from the bytes.
        assertThat(tickets.decode(20, twoPhase.encode(20, TransactionState.ABORTED)))
                .isEqualTo(TransactionState.committed(21));
        assertThatThrownBy(() -> twoPhase.decode(20, tickets.encode(20, TransactionState.ABORTED)))
                .isInstanceOf(KeyValueStoreException.class)
                .hasMessageContaining("transaction 20");
        assertThatThrownBy(() -> tickets.decode(20, Bytes.ofHex("0d01")))
                .isInstanceOf(KeyValueStoreException.class)
                .hasMessageContaining("0x0d01");
    }
}
