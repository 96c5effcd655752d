package dev.tidemark.kvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellRangeTest {
    @Test
    void all_anyCell_isInIt() {
        assertThat(CellRange.all().contains(cell("", ""))).isTrue();
        assertThat(CellRange.all().contains(cell("ffff", "ffff"))).isTrue();
        assertThat(CellRange.all().endExclusive()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "61,'',true",
        "61,ffffff,true",
        "'61','00',true",
        "6100,'',false",
        "60,ff,false",
        "62,'',false",
        "'','',false"
    })
    void row_cells_areThoseOfTheRowAlone(String row, String column, boolean isInside) {
        assertThat(CellRange.row(Bytes.ofHex("61")).contains(cell(row, column))).isEqualTo(isInside);
    }

    @Test
    void row_emptyRow_isTheFirstRowAlone() {
        CellRange range = CellRange.row(Bytes.EMPTY);

        assertThat(range.contains(cell("", "ff"))).isTrue();
        assertThat(range.contains(cell("00", ""))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "61,61,true",
        "61,6100,true",
        "61,61ffff,true",
        "61,62,false",
        "61,60ff,false",
        "61ff,61ffff,true",
        "61ff,62,false",
        "ff,ffff,true",
        "ff,fe,false",
        "ffff,ffffff,true",
        "ffff,ff,false",
        "'',ffff,true",
        "'','',true",
        "00,00ff,true",
        "00,01,false"
    })
    void rowsWithPrefix_rows_areThoseThatBeginWithIt(String prefix, String row, boolean isInside) {
        CellRange range = CellRange.rowsWithPrefix(Bytes.ofHex(prefix));

        assertThat(range.contains(cell(row, ""))).isEqualTo(isInside);
        assertThat(Bytes.ofHex(row).startsWith(Bytes.ofHex(prefix))).isEqualTo(isInside);
    }

    @Test
    void rows_bounds_areInclusiveAndExclusive() {
        CellRange range = CellRange.rows(Bytes.ofHex("10"), Bytes.ofHex("20"));

        assertThat(range.contains(cell("10", ""))).isTrue();
        assertThat(range.contains(cell("1fff", "ff"))).isTrue();
        assertThat(range.contains(cell("20", ""))).isFalse();
        assertThat(range.contains(cell("0fff", "ff"))).isFalse();
        assertThat(CellRange.rows(Bytes.ofHex("10"), null).contains(cell("ffff", "ff")))
                .isTrue();
    }

    @Test
    void columns_bounds_areBothInclusive() {
        CellRange range = CellRange.columns(Bytes.ofHex("61"), Bytes.ofHex("10"), Bytes.ofHex("20"));

        assertThat(range.contains(cell("61", "10"))).isTrue();
        assertThat(range.contains(cell("61", "20"))).isTrue();
        assertThat(range.contains(cell("61", "2000"))).isFalse();
        assertThat(range.contains(cell("61", "0f"))).isFalse();
        assertThat(range.contains(cell("62", "10"))).isFalse();
    }

    @Test
    void contains_endBeforeStart_isNever() {
        CellRange range = CellRange.rows(Bytes.ofHex("20"), Bytes.ofHex("10"));

        assertThat(range.contains(cell("15", ""))).isFalse();
        assertThat(range.contains(cell("20", ""))).isFalse();
    }

    @Test
    void create_noStart_isRefused() {
        assertThatThrownBy(() -> new CellRange(null, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("startInclusive");
    }

    private static Cell cell(String row, String column) {
        return Cell.of(Bytes.ofHex(row), Bytes.ofHex(column));
    }
}
