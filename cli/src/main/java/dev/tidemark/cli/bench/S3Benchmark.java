package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkCounts;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.s3.PlainTransfer;
import dev.tidemark.coordinator.archive.s3.S3ObjectStore;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Sends an archive to a bucket and reads it back, beside what the SDK does with the same bytes by itself. Works in a folder of its
 * own below the prefix of the configured archive, and empties it at the end. Random content: nothing is gained by compression.
 */
public final class S3Benchmark implements Benchmark {
    private static final int OBJECT_BYTES = 16 << 20;
    private static final int SMALL_BYTES = 4 << 10;
    private static final int MAX_SMALL = 100_000;

    /** One PUT for each small file would take longer than everything else: every fiftieth is enough for a rate. */
    private static final int SMALL_PER_PUT = 50;

    private static final int MIN_PUTS = 50;
    private static final int WARM_UP_OBJECTS = 4;
    private static final String NAMESPACE = "bench";
    private static final int KEY_BYTES = 32;

    private final EngineSeams seams;
    private final Function<String, S3ObjectStore> buckets;
    private final ParallelWork work;
    private final Stopwatch stopwatch;

    /**
     * Creates the benchmark; its threads come from the seams.
     *
     * @param buckets opens a folder below the configured archive
     */
    public S3Benchmark(EngineSeams seams, Function<String, S3ObjectStore> buckets) {
        this.seams = seams;
        this.buckets = buckets;
        work = new ParallelWork(seams.workers(), EngineOptions.DEFAULT.parallelism());
        stopwatch = new Stopwatch(seams.monotonicClock());
    }

    @Override
    public String name() {
        return "bucket";
    }

    @Override
    public String summary() {
        return "Send chunks to the bucket of the configured archive and read them; beside plain transfers of the SDK.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize(BenchmarkSize.BYTES, OBJECT_BYTES, 128L << 20, 1L << 30, 1L << 40);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) {
        String folder = "bench/" + Long.toHexString(seams.random().nextLong()) + "/";
        try (S3ObjectStore bucket = buckets.apply(folder)) {
            try (S3ObjectStore archived = buckets.apply(folder + "archive/")) {
                return new Pass(bucket, archive(archived), settings, progress).run();
            } finally {
                bucket.forEach("", info -> bucket.delete(info.key()));
            }
        }
    }

    private NamespaceArchive archive(ObjectStore store) {
        byte[] secret = new byte[KEY_BYTES];
        seams.random().nextBytes(secret);
        try (ArchiveKey key = ArchiveKey.keyFile(secret)) {
            Archive archive =
                    Archive.create(store, key, new ArchiveSeams(seams.clock(), seams.random(), seams.workers()));
            return archive.createNamespace(NAMESPACE);
        }
    }

    /** What is measured in one repeat, in order. */
    private final class Pass {
        private final S3ObjectStore bucket;
        private final PlainTransfer plain;
        private final NamespaceArchive archive;
        private final BenchmarkProgress progress;
        private final long size;
        private final byte[] random = new byte[OBJECT_BYTES];

        private Pass(
                S3ObjectStore bucket,
                NamespaceArchive archive,
                BenchmarkSettings settings,
                BenchmarkProgress progress) {
            this.bucket = bucket;
            this.archive = archive;
            this.progress = progress;
            size = settings.size();
            plain = bucket.plain();
            new Random(settings.seed()).nextBytes(random);
        }

        private List<Figure> run() {
            int objects = (int) (size / OBJECT_BYTES);
            warmUp();
            double plainUp = rate(objects, sendPlain("plain-1", objects));
            double storeUp = rate(objects, sendObjects(objects));
            List<ChunkId> chunks = new ArrayList<>();
            double chunksUp = size / sendChunks(chunks, archive.chunkSizeBytes(), size);
            plainUp = (plainUp + rate(objects, sendPlain("plain-2", objects))) / 2;
            double again = size / sendAgain(chunks.size());

            double plainDown = rate(objects, readPlain(objects));
            double storeDown = rate(objects, readObjects(objects));
            double chunksDown = size / readChunks(chunks);
            plainDown = (plainDown + rate(objects, readPlain(objects))) / 2;

            int small = (int) Math.min(MAX_SMALL, size / SMALL_BYTES);
            double packed = small / sendChunks(new ArrayList<>(), SMALL_BYTES, (long) small * SMALL_BYTES);
            int puts = Math.max(MIN_PUTS, small / SMALL_PER_PUT);
            double single = puts / sendSmall(puts);
            String up = "PUT of the SDK" + threads();
            String down = "GET of the SDK" + threads();
            return List.of(
                    Figure.rate("objects sent", storeUp, Figure.BYTES_PER_SECOND, up, plainUp),
                    Figure.rate("chunks sent, new", chunksUp, Figure.BYTES_PER_SECOND, up, plainUp),
                    Figure.rate("chunks sent, all there", again, Figure.BYTES_PER_SECOND, "chunks sent, new", chunksUp),
                    Figure.rate("objects read", storeDown, Figure.BYTES_PER_SECOND, down, plainDown),
                    Figure.rate("chunks read", chunksDown, Figure.BYTES_PER_SECOND, down, plainDown),
                    Figure.rate("files of 4 KiB, packed", packed, "files/s", "one PUT for each", single));
        }

        private void warmUp() {
            progress.begins("warming up");
            sendPlain("warm-up", WARM_UP_OBJECTS);
            for (int i = 0; i < WARM_UP_OBJECTS; i++) {
                ObjectKey key = ObjectKey.of("warm-up-objects", String.valueOf(i));
                bucket.createOrConfirm(key, ByteBuffer.wrap(random));
                bucket.read(key);
            }
        }

        private double sendPlain(String folder, int objects) {
            progress.begins("plain transfer to the bucket");
            return stopwatch.seconds(
                    () -> work.run(numbers(objects), i -> plain.put(folder + "/" + i, ByteBuffer.wrap(random))));
        }

        private double sendObjects(int objects) {
            progress.begins("objects to the bucket");
            return stopwatch.seconds(() -> work.run(
                    numbers(objects),
                    i -> bucket.createOrConfirm(ObjectKey.of("objects", i.toString()), ByteBuffer.wrap(random))));
        }

        private double sendChunks(List<ChunkId> ids, int chunkBytes, long bytes) {
            progress.begins("chunks of " + chunkBytes + " bytes to the bucket");
            int count = (int) (bytes / chunkBytes);
            ChunkId[] stored = new ChunkId[count];
            double seconds = stopwatch.seconds(() -> store(chunkBytes, stored));
            ids.addAll(List.of(stored));
            return seconds;
        }

        private ChunkCounts store(int chunkBytes, ChunkId[] stored) {
            ChunkWriter writer = archive.chunkWriter(archive.loadIndexForWriting());
            work.run(
                    numbers(stored.length),
                    i -> stored[i] = writer.store(content(chunkBytes, i)).id());
            return writer.flush();
        }

        private double sendAgain(int count) {
            progress.begins("the same chunks again");
            return stopwatch.seconds(() -> {
                ChunkCounts counts = store(archive.chunkSizeBytes(), new ChunkId[count]);
                if (counts.newStoredBytes() != 0) {
                    throw new IllegalStateException(counts.newStoredBytes() + " bytes were sent again");
                }
            });
        }

        private double readPlain(int objects) {
            progress.begins("plain transfer from the bucket");
            return stopwatch.seconds(() -> work.run(parts(objects), part -> {
                byte[] target = new byte[OBJECT_BYTES];
                part.forEach(i -> plain.get("plain-1/" + i, target));
            }));
        }

        private double readObjects(int objects) {
            progress.begins("objects from the bucket");
            return stopwatch.seconds(() -> work.run(parts(objects), part -> {
                ByteBuffer target = ByteBuffer.allocate(OBJECT_BYTES);
                part.forEach(i -> bucket.read(ObjectKey.of("objects", i.toString()), target));
            }));
        }

        private double readChunks(List<ChunkId> chunks) {
            progress.begins("chunks from the bucket");
            return stopwatch.seconds(() -> work.run(parts(chunks.size()), part -> {
                ChunkReader reader = archive.chunkReader(archive.loadIndex());
                part.forEach(i -> reader.view(chunks.get(i)));
            }));
        }

        private double sendSmall(int puts) {
            progress.begins("one PUT for each of " + puts + " files");
            return stopwatch.seconds(
                    () -> work.run(numbers(puts), i -> plain.put("small/" + i, content(SMALL_BYTES, i))));
        }

        /** Returns one of many contents that differ in their first bytes. */
        private ByteBuffer content(int bytes, int number) {
            int offset = Math.floorMod(number * bytes, OBJECT_BYTES - bytes + 1);
            byte[] content = Arrays.copyOfRange(random, offset, offset + bytes);
            ByteBuffer.wrap(content).putInt(number);
            return ByteBuffer.wrap(content);
        }

        private double rate(int objects, double seconds) {
            return (double) objects * OBJECT_BYTES / seconds;
        }

        private String threads() {
            return ", " + work.parallelism() + " threads";
        }

        private static List<Integer> numbers(int count) {
            return IntStream.range(0, count).boxed().toList();
        }

        /** Splits numbers into as many runs as there are threads. */
        private List<List<Integer>> parts(int count) {
            int length = Math.max(1, (count + work.parallelism() - 1) / work.parallelism());
            return IntStream.range(0, (count + length - 1) / length)
                    .mapToObj(part -> numbers(count).subList(part * length, Math.min(count, (part + 1) * length)))
                    .toList();
        }
    }
}
