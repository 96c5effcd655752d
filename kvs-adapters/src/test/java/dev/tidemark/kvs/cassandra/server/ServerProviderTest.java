package dev.tidemark.kvs.cassandra.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerProviderTest {
    @ParameterizedTest
    @ValueSource(strings = {"forked", "testcontainers"})
    void named_known_isFound(String name) {
        assertThat(ServerProvider.named(name).name()).isEqualTo(name);
    }

    @Test
    void named_unknown_isRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> ServerProvider.named("docker"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'docker' (expected one of: [forked, testcontainers])");
    }
}
