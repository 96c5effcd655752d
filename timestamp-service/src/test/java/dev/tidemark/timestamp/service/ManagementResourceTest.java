package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import dev.tidemark.timestamp.service.RequestBodies.DisableBody;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementResourceTest {
    private static final AllowedNames ANY_NAME = new AllowedNames(List.of());

    private final InMemoryBoundStore store = new InMemoryBoundStore();
    private final TimestampOracles oracles = new TimestampOracles(store, OracleSettings.defaults(), () -> 0);
    private final ManagementResource resource = new ManagementResource(
            new ServedNamespaces(oracles, NamespaceCreation.ON_FIRST_USE, ANY_NAME), new UUID(1, 2));

    @BeforeEach
    void createNamespaces() {
        List.of("a", "b", "c", "d").forEach(oracles::create);
    }

    @Test
    void disable_oneCannotBeFenced_liftsTheFencesThatItHasSetUp() {
        oracles.get("b").fence("r-1");
        store.pretendWrittenByOther("d", new BoundState(0, 5, ""));

        assertThatThrownBy(() -> resource.disable(new DisableBody(List.of("a", "b", "c", "d"), "r-1")))
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BOUND_STORE_IN_USE));

        assertThat(oracles.get("a").currentFence()).isEmpty();
        assertThat(oracles.get("b").currentFence()).contains("r-1");
        assertThat(oracles.get("c").currentFence()).isEmpty();
        assertThat(oracles.get("a").freshTimestamp()).isPositive();
    }

    @Test
    void disable_oneHasAnotherFence_fencesNone() {
        oracles.get("c").fence("r-2");

        assertThat(resource.disable(new DisableBody(List.of("a", "c"), "r-1")).type())
                .isEqualTo("unsuccessful");

        assertThat(oracles.get("a").currentFence()).isEmpty();
    }

    @Test
    void disable_unknownNamespace_isNotCreatedByIt() {
        assertThatThrownBy(() -> resource.disable(new DisableBody(List.of("a", "e"), "r-1")))
                .isInstanceOfSatisfying(
                        TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_NAMESPACE));

        assertThat(oracles.namespaces()).containsExactly("a", "b", "c", "d");
        assertThat(oracles.get("a").currentFence()).isEmpty();
    }
}
