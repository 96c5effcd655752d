package dev.tidemark.kvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "_", "A.b-c_9", "9", "a..b"})
    void of_allowedName_keepsIt(String name) {
        assertThat(TableName.of(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".a", "-a", "a/b", "a b", "a\n", "ä", "a\0", "..", "a'"})
    void of_otherName_isRefused(String name) {
        assertThatThrownBy(() -> TableName.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'");
    }

    @Test
    void of_longName_isRefusedFromTwoHundredAndOneCharacters() {
        assertThat(TableName.of("a".repeat(200)).name()).hasSize(200);
        assertThatThrownBy(() -> TableName.of("a".repeat(201))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isInternal_underscore_tells() {
        assertThat(TableName.of("_transactions").isInternal()).isTrue();
        assertThat(TableName.of("transactions_").isInternal()).isFalse();
    }

    @Test
    void compareTo_twoNames_ordersByName() {
        assertThat(TableName.of("a")).isLessThan(TableName.of("b")).isGreaterThan(TableName.of("Z"));
    }
}
