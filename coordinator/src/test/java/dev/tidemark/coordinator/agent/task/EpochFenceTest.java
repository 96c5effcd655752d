package dev.tidemark.coordinator.agent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochFenceTest {
    @TempDir
    private Path directory;

    @Test
    void pass_lesserEpoch_isFencedOutAlsoAfterARestart() {
        EpochFence fence = EpochFence.open(directory);
        fence.pass(operation("orders", 7));
        fence.pass(operation("orders", 7));
        fence.pass(operation("orders", 9));

        assertFails(ErrorCode.FENCED_OUT, () -> fence.pass(operation("orders", 8)));
        assertFails(ErrorCode.FENCED_OUT, () -> EpochFence.open(directory).pass(operation("orders", 8)));
        EpochFence.open(directory).pass(operation("orders", 9));
    }

    @Test
    void pass_otherNamespaceOrArchive_hasItsOwnEpochs() {
        EpochFence fence = EpochFence.open(directory);
        fence.pass(operation("orders", 9));

        fence.pass(operation("bank", 1));
        fence.pass(new OperationEpoch("other", "orders", "backup-1", 1));
        assertFails(ErrorCode.FENCED_OUT, () -> fence.pass(operation("orders", 8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{\"a/b\":null}", "{\"a/b\":\"x\"}", "{\"a/b\":1"})
    void open_damagedFile_isRefused(String content) throws IOException {
        Files.writeString(directory.resolve("epochs.json"), content);

        assertFails(ErrorCode.STORE_DAMAGED, () -> EpochFence.open(directory));
    }

    @Test
    void pass_tooManyNamespaces_isRefused() {
        EpochFence fence = EpochFence.open(directory);
        for (int i = 0; i < EpochFence.MAX_NAMESPACES; i++) {
            fence.pass(operation("namespace-" + i, 1));
        }

        assertFails(ErrorCode.NOT_ALLOWED_NOW, () -> fence.pass(operation("one-more", 1)));
        fence.pass(operation("namespace-0", 2));
    }

    private static OperationEpoch operation(String namespace, long epoch) {
        return new OperationEpoch("archive", namespace, "backup-1", epoch);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.hint()).endsWith(".");
        });
    }
}
