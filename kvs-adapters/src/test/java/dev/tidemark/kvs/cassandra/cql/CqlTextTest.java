package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CqlTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CREATE KEYSPACE orders WITH x = 1|CREATE KEYSPACE other WITH x = 1",
                "CREATE KEYSPACE \"orders\" WITH x = 1|CREATE KEYSPACE other WITH x = 1",
                "CREATE TABLE orders.orders (orders int)|CREATE TABLE other.orders (orders int)",
                "CREATE TABLE orders.t (a frozen<orders.x>)|CREATE TABLE other.t (a frozen<other.x>)",
                "CREATE TABLE orders.t (a list<frozen<\"orders\".\"X\">>)|CREATE TABLE other.t (a list<frozen<other.\"X\">>)",
                "comment = 'orders.t; it''s orders.t' AND x|comment = 'orders.t; it''s orders.t' AND x",
                "CREATE INDEX orders ON orders.t (\"orders.t\")|CREATE INDEX orders ON other.t (\"orders.t\")",
                "USING 'org.orders.Index' my_orders.t|USING 'org.orders.Index' my_orders.t",
                "fp_chance = 1.0E-4|fp_chance = 1.0E-4"
            })
    void renameKeyspace_anyStatement_changesTheKeyspaceAlone(String cql, String expected) {
        assertThat(CqlText.renameKeyspace(cql, "orders", "other")).isEqualTo(expected);
    }

    @Test
    void renameKeyspace_namesThatNeedQuotes_haveThem() {
        assertThat(CqlText.renameKeyspace("CREATE KEYSPACE \"Orders\" WITH", "Orders", "Other"))
                .isEqualTo("CREATE KEYSPACE \"Other\" WITH");
        assertThat(CqlText.renameKeyspace("CREATE TABLE \"Orders\".t (a int)", "Orders", "other"))
                .isEqualTo("CREATE TABLE other.t (a int)");
        assertThat(CqlText.renameKeyspace("CREATE TABLE k1.t (a int)", "k1", "2k"))
                .isEqualTo("CREATE TABLE \"2k\".t (a int)");
    }
}
