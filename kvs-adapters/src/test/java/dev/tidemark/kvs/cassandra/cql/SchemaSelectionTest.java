package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.TableSelection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaSelectionTest {
    /** A name that begins like another one is another table, in statements and in directories. */
    @ParameterizedTest
    @ValueSource(strings = {"people", "people2"})
    void select_someTables_hasTheirIndexesAndWhatIsOfNoTable(String wanted) {
        Map<String, String> saved = new TreeMap<>();
        List.of(
                        "10-keyspace",
                        "20-type-00-zip",
                        "30-table-_transactions2",
                        "30-table-people",
                        "30-table-people2",
                        "30-table-accounts",
                        "40-index-people-tags",
                        "40-index-people2-tags",
                        "50-function-f",
                        "60-view-people_by_zip")
                .forEach(key -> saved.put(key, "CREATE " + key));

        TableSelection selection =
                CassandraSchema.select(saved, table -> table.isInternal() || table.equals(TableName.of(wanted)));

        assertThat(selection.schema().keySet())
                .containsExactlyInAnyOrder(
                        "10-keyspace",
                        "20-type-00-zip",
                        "30-table-_transactions2",
                        "30-table-" + wanted,
                        "40-index-" + wanted + "-tags",
                        "50-function-f");
        assertThat(selection.schema())
                .allSatisfy((key, text) -> assertThat(text).isEqualTo("CREATE " + key));
        assertThat(selection.pathPrefixes()).containsExactly("_transactions2-", wanted + "-");
    }
}
