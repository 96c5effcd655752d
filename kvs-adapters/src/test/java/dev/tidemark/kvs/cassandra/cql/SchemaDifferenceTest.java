package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SchemaDifferenceTest {
    private static final String TABLE =
            """
            CREATE TABLE k.t (
                key blob,
                value blob,
                PRIMARY KEY (key)
            ) WITH ID = 69610b08-3277-32c1-bd96-326d7d9cdcc4
                AND COMPACT STORAGE
                AND comment = 'x = y AND z'
                AND gc_grace_seconds = 3600;""";

    @Test
    void of_sameStatement_isNone() {
        assertThat(SchemaDifference.of("t", TABLE, TABLE)).isEmpty();
    }

    /** H23: the same table has another id in another keyspace. */
    @Test
    void of_otherId_isNone() {
        assertThat(SchemaDifference.of("t", TABLE, TABLE.replace("69610b08", "00000000")))
                .isEmpty();
    }

    @Test
    void of_optionThatOneVersionDoesNotKnow_isNone() {
        String older = TABLE.replace("\n    AND gc_grace_seconds = 3600", "");

        assertThat(SchemaDifference.of("t", TABLE, older)).isEmpty();
        assertThat(SchemaDifference.of("t", older, TABLE)).isEmpty();
    }

    @Test
    void of_otherOption_isNamedWithBothValues() {
        assertThat(SchemaDifference.of("t", TABLE, TABLE.replace("3600", "5")))
                .containsExactly("option 'gc_grace_seconds' of 't' is 5 (expected: 3600)");
        assertThat(SchemaDifference.of("t", TABLE, TABLE.replace("x = y", "z")))
                .containsExactly("option 'comment' of 't' is 'z AND z' (expected: 'x = y AND z')");
    }

    @Test
    void of_otherColumnsOrStorage_isNamed() {
        assertThat(SchemaDifference.of("t", TABLE, TABLE.replace("value blob", "value text")))
                .singleElement()
                .asString()
                .contains("value text", "value blob");
        assertThat(SchemaDifference.of("t", TABLE, TABLE.replace("    AND COMPACT STORAGE\n", "")))
                .containsExactly("'t' has no COMPACT STORAGE (expected: it)");
        assertThat(SchemaDifference.of("t", TABLE.replace("    AND COMPACT STORAGE\n", ""), TABLE))
                .containsExactly("'t' has COMPACT STORAGE (expected: none)");
    }

    @Test
    void of_nothingThere_isMissing() {
        assertThat(SchemaDifference.of("t", TABLE, null)).containsExactly("'t' is missing");
    }
}
