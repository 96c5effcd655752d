package dev.tidemark.kvs.cassandra.server.container;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.ServerProvider;
import org.junit.jupiter.api.Test;

/** Nothing is skipped where containers can't be had. */
class ContainerProviderTest {
    @Test
    void start_noDockerEngine_isRefusedAndSaysWhatToDo() {
        ServerProvider provider = new ContainerProvider(() -> false);

        assertThatThrownBy(() -> provider.start(ClusterShape.of(CassandraVersion.APACHE_5_0, 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no Docker engine answers")
                .hasMessageContaining("DOCKER_HOST")
                .hasMessageContaining("-Dcassandra.provider=forked");
    }

    @Test
    void start_versionWithoutImage_isRefusedAndSaysWhatToDo() {
        ServerProvider provider = new ContainerProvider(() -> true);

        assertThatThrownBy(() -> provider.start(ClusterShape.of(CassandraVersion.PALANTIR_2_2, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no image of Cassandra 2.2-palantir")
                .hasMessageContaining("-Dcassandra.provider=forked");
    }
}
