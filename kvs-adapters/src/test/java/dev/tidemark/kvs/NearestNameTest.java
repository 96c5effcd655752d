package dev.tidemark.kvs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    @ParameterizedTest
    @CsvSource({"order,orders", "ordres,orders", "ORDERS,orders", "invioces,invoices", "stok,stock", "xstock,stock"})
    void of_typingError_isTheNameThatWasMeant(String given, String meant) {
        assertThat(NearestName.of(given, List.of("invoices", "orders", "stock")))
                .contains(meant);
    }

    @Test
    void of_nothingNear_isEmpty() {
        assertThat(NearestName.of("customers", List.of("invoices", "stock"))).isEmpty();
        assertThat(NearestName.of("customers", List.of())).isEmpty();
    }

    @Test
    void of_severalEquallyNear_isTheFirstByName() {
        assertThat(NearestName.of("node-x", List.of("node-b", "node-a"))).contains("node-a");
    }
}
