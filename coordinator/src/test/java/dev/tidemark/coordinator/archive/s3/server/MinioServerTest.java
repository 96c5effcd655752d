package dev.tidemark.coordinator.archive.s3.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Nothing is skipped where containers can't be had. */
class MinioServerTest {
    @Test
    void start_noDockerEngine_isRefusedAndSaysWhatToDo() {
        assertThatThrownBy(() -> MinioServer.start(() -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no Docker engine answers")
                .hasMessageContaining("DOCKER_HOST")
                .hasMessageContaining("S3ObjectStoreIT needs none");
    }
}
