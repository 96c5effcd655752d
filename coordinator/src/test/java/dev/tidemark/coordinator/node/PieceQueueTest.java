package dev.tidemark.coordinator.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.filelist.FilePieces;
import dev.tidemark.coordinator.node.PieceQueue.Piece;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PieceQueueTest {
    private static final int CHUNK = 100;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void take_byOneWorker_readsFileAfterFile() {
        List<String> taken = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        try (PieceQueue queue = queue(250, 0, 100, 1)) {
            for (Optional<Piece> piece = queue.take(buffer); piece.isPresent(); piece = queue.take(buffer)) {
                taken.add(piece.get().file() + "." + piece.get().number() + ":" + buffer.remaining());
            }
        }

        assertThat(taken).containsExactly("0.0:100", "0.1:100", "0.2:50", "1.0:0", "2.0:100", "3.0:1");
        assertThat(mostOpen).hasValue(1);
        assertThat(open).hasValue(0);
    }

    @Test
    void take_byMoreWorkersThanFiles_givesEachPieceToOneOfThem() {
        Set<String> taken = new ConcurrentSkipListSet<>();
        AtomicInteger pieces = new AtomicInteger();
        try (PieceQueue queue = queue(100_000, 30_050, 0)) {
            new ParallelWork(threads, 5).run(Collections.nCopies(5, queue), shared -> {
                ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
                for (Optional<Piece> piece = shared.take(buffer); piece.isPresent(); piece = shared.take(buffer)) {
                    taken.add(piece.get().file() + "." + piece.get().number());
                    pieces.incrementAndGet();
                }
            });
        }

        assertThat(pieces).hasValue(1000 + 301 + 1);
        assertThat(taken).hasSize(pieces.get());
        assertThat(mostOpen).hasValueLessThanOrEqualTo(5);
        assertThat(open).hasValue(0);
    }

    @Test
    void take_byAWorkerThatWaitsForAnother_endsWhenThatOneStops() throws Exception {
        CyclicBarrier isReading = new CyclicBarrier(2);
        List<SnapshotFile> files = List.of(new SnapshotFile("f", 150, "id"));
        PieceQueue queue = new PieceQueue(
                files,
                file -> new FilePieces(
                        file,
                        Channels.newChannel(new InputStream() {
                            @Override
                            public int read() throws IOException {
                                await(isReading);
                                await(isReading);
                                throw new IOException("planned");
                            }
                        }),
                        CHUNK));
        threads.execute(() -> {
            try {
                queue.take(ByteBuffer.allocate(CHUNK));
            } catch (CoordinatorException e) {
                queue.stop();
            }
        });
        isReading.await();
        threads.execute(() -> await(isReading));

        assertThat(queue.take(ByteBuffer.allocate(CHUNK))).isEmpty();
        queue.close();
    }

    @Test
    void take_afterStop_givesNothing() {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        PieceQueue queue = queue(250);
        queue.take(buffer);

        queue.stop();

        assertThat(queue.take(buffer)).isEmpty();
        assertThat(open).hasValue(1);
        queue.close();
        assertThat(open).hasValue(0);
    }

    @Test
    void take_ofAFileThatCannotBeOpened_throws() {
        PieceQueue queue = new PieceQueue(List.of(new SnapshotFile("f", 1, "id")), file -> {
            throw new IllegalStateException("planned");
        });

        assertThatThrownBy(() -> queue.take(ByteBuffer.allocate(CHUNK))).hasMessage("planned");
        queue.close();
    }

    private PieceQueue queue(int... lengths) {
        List<SnapshotFile> files = new ArrayList<>();
        for (int length : lengths) {
            files.add(new SnapshotFile("f" + files.size(), length, "id"));
        }
        return new PieceQueue(files, this::open);
    }

    private FilePieces open(SnapshotFile file) {
        int now = open.incrementAndGet();
        mostOpen.accumulateAndGet(now, Math::max);
        return new FilePieces(
                file,
                Channels.newChannel(new ByteArrayInputStream(new byte[(int) file.sizeBytes()]) {
                    @Override
                    public void close() {
                        open.decrementAndGet();
                    }
                }),
                CHUNK);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
