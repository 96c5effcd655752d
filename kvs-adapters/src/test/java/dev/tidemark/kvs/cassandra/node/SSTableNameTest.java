package dev.tidemark.kvs.cassandra.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SSTableNameTest {
    @ParameterizedTest
    @CsvSource({
        "nb-12-big-Data.db, nb-12-big, Data.db, 12, nb-900-big-Data.db",
        "lb-1-big-Digest.adler32, lb-1-big, Digest.adler32, 1, lb-900-big-Digest.adler32",
        "oa-3gdm_1c0n_5bcyo2s3o4iwqyr7vx-big-TOC.txt, oa-3gdm_1c0n_5bcyo2s3o4iwqyr7vx-big, TOC.txt, 0, oa-900-big-TOC.txt",
        "da-7-bti-Partitions.db, da-7-bti, Partitions.db, 7, da-900-bti-Partitions.db",
        "nb-1-big-SAI+aa+by_value+Meta.db, nb-1-big, SAI+aa+by_value+Meta.db, 1, nb-900-big-SAI+aa+by_value+Meta.db",
        "old-accounts-jb-33-Data.db, old-accounts-jb-33, Data.db, 33, orders-accounts-jb-900-Data.db"
    })
    void parse_componentOfAnyVersion_isTakenApart(
            String file, String sstable, String component, long generation, String renamed) {
        SSTableName name = SSTableName.parse(file).orElseThrow();

        assertThat(name).isEqualTo(new SSTableName(sstable, component));
        assertThat(name.generation()).isEqualTo(generation);
        assertThat(name.renamed("orders", "accounts", 900)).isEqualTo(renamed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"manifest.json", "schema.cql", "Data.db", "nb-big-Data.db", "nb-1-big", "-", "", "nb-1-big-Data"
            })
    void parse_anythingElse_isNoComponent(String file) {
        assertThat(SSTableName.parse(file)).isEmpty();
    }
}
