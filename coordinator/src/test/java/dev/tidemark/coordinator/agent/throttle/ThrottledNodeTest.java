package dev.tidemark.coordinator.agent.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.engine.SyntheticStore;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThrottledNodeTest {
    private static final int FILE_BYTES = 1 << 20;
    private static final String PATH = "000/000000000";
    private static final SnapshotTag TAG = new SnapshotTag("backup.1");
    private static final long LIMIT_SECONDS = 60;

    private final StoreNode node =
            new SyntheticStore(1, FILE_BYTES).targetNodes().get(0);
    private final VirtualTime time = new VirtualTime();

    @TempDir
    private Path directory;

    private CopyGate gate;

    @BeforeEach
    void open() {
        gate = CopyGate.in(directory);
    }

    @Test
    void read_withALimit_takesItsTimeAndGivesTheContent() throws IOException {
        StoreNode throttled = new ThrottledNode(
                node, CopyThrottle.of(gate, new BandwidthLimit(FILE_BYTES / 4, time, time)), () -> {});
        long from = time.nanoTime();

        ByteBuffer content = read(throttled);

        assertThat(content).isEqualTo(read(node));
        assertThat(Duration.ofNanos(time.nanoTime() - from)).isEqualTo(Duration.ofMillis(3_750));
    }

    @Test
    void read_largeBuffer_isFilledInSmallPieces() throws IOException {
        StoreNode throttled = new ThrottledNode(node, CopyThrottle.of(gate), () -> {});

        try (ReadableByteChannel channel = throttled.open(TAG, PATH)) {
            ByteBuffer buffer = ByteBuffer.allocate(FILE_BYTES);
            assertThat(channel.read(buffer)).isEqualTo(64 << 10);
            assertThat(buffer.limit()).isEqualTo(FILE_BYTES);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void pause_agentIsRestarted_outlivesIt() {
        gate.pause();
        gate.pause();
        assertThat(CopyGate.in(directory).isPaused()).isTrue();

        CopyGate later = CopyGate.in(directory);
        later.resume();
        later.resume();
        assertThat(later.isPaused()).isFalse();
        assertThat(CopyGate.in(directory).isPaused()).isFalse();
    }

    @Test
    void pause_cannotBeRemembered_isRefused() throws IOException {
        Path lost = directory.resolve("lost");
        CopyGate forgetful = CopyGate.in(lost.resolve("deeper"));
        Files.writeString(lost, "no directory");

        assertThatThrownBy(forgetful::pause).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertThat(e.getMessage()).contains(lost.toString());
        });
        assertThat(forgetful.isPaused()).isFalse();
    }

    @Test
    void read_gateClosed_waitsUntilItIsOpen() throws Exception {
        CountDownLatch isAsking = new CountDownLatch(2);
        StoreNode throttled = new ThrottledNode(node, CopyThrottle.of(gate), isAsking::countDown);
        gate.pause();

        CompletableFuture<ByteBuffer> reading = CompletableFuture.supplyAsync(() -> readUnchecked(throttled));
        assertThat(isAsking.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(reading.isDone()).isFalse();
        gate.resume();

        assertThat(reading.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(read(node));
    }

    @Test
    void read_gateClosedAndPermissionEnds_stopsWaiting() throws Exception {
        CountDownLatch isAsking = new CountDownLatch(2);
        AtomicBoolean isStopped = new AtomicBoolean();
        StoreNode throttled = new ThrottledNode(node, CopyThrottle.of(gate), () -> {
            isAsking.countDown();
            if (isStopped.get()) {
                throw new IllegalStateException("stopped");
            }
        });
        gate.pause();

        CompletableFuture<ByteBuffer> reading = CompletableFuture.supplyAsync(() -> readUnchecked(throttled));
        assertThat(isAsking.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        isStopped.set(true);
        gate.recheck();

        assertThatThrownBy(() -> reading.get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("stopped");
    }

    private static ByteBuffer readUnchecked(StoreNode from) {
        try {
            return read(from);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteBuffer read(StoreNode from) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(FILE_BYTES + 1);
        try (ReadableByteChannel channel = from.open(TAG, PATH)) {
            while (channel.read(content) >= 0) {
                // Reads to the end.
            }
        }
        return content.flip();
    }
}
