package dev.tidemark.coordinator.engine;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Backs up twice and restores something large, in a process with a small heap. Arguments: what ({@code files COUNT BYTES} or
 * {@code rocksdb MEBIBYTES}) and a working directory. Prints one line of figures; ends with 0 when all was right.
 */
public final class MemoryLimitProcess {
    private static final String NAMESPACE = "large";

    private MemoryLimitProcess() {}

    /** Runs one case. */
    public static void main(String[] args) {
        Path directory = Path.of(args[args.length - 1]);
        boolean isRight = args[0].equals("files")
                ? files(directory, Long.parseLong(args[1]), Integer.parseInt(args[2]))
                : rocksDb(directory, Integer.parseInt(args[1]));
        Runtime.getRuntime().halt(isRight ? 0 : 1);
    }

    private static boolean files(Path directory, long count, int bytes) {
        SyntheticStore store = new SyntheticStore(count, bytes);
        Figures figures = run(directory, store, store);
        return figures.first.files() == count
                && store.opened() == count
                && figures.second.readBytes() == 0
                && store.stagedFiles() == count
                && store.wrongFiles() == 0;
    }

    private static boolean rocksDb(Path directory, int mebibytes) {
        Path source = directory.resolve("store");
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(source, TransactionsSchemaMap.always(1)))) {
            fill(store, mebibytes);
        }
        Figures figures =
                run(directory, RocksDbConnector.to(source), RocksDbConnector.to(directory.resolve("restored")));
        return figures.first.rawBytes() >= (long) mebibytes << 20
                && figures.second.readBytes() == 0
                && figures.restore.bytes() == figures.second.rawBytes();
    }

    private static void fill(RocksDbStore store, int mebibytes) {
        TableName table = TableName.of("data");
        store.cells().createTable(table);
        Random random = new Random(1);
        for (int i = 0; i < mebibytes * 4; i++) {
            Map<Cell, Bytes> cells = new HashMap<>();
            for (int j = 0; j < 64; j++) {
                byte[] value = new byte[4 << 10];
                random.nextBytes(value);
                cells.put(Cell.of(Bytes.ofLong(i * 64L + j), Bytes.EMPTY), Bytes.wrap(value));
            }
            store.cells().put(table, cells, i + 1);
        }
    }

    private static Figures run(Path directory, StoreConnector source, StoreConnector target) {
        ExecutorService workers = Executors.newFixedThreadPool(2);
        SecureRandom random = new SecureRandom();
        try (ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
                TimestampOracles oracles = new TimestampOracles(
                        new InMemoryBoundStore(), OracleSettings.defaults(), MonotonicClock.system())) {
            Archive archive = Archive.create(
                    FilesystemObjectStore.open(directory.resolve("archive"), random),
                    ArchiveKey.keyFile(new byte[32]),
                    new ArchiveSeams(InstantSource.system(), random, workers));
            oracles.create(NAMESPACE);
            EngineSeams seams = new EngineSeams(
                    InstantSource.system(), MonotonicClock.system(), Sleeper.system(), tasks, workers, random, "test");
            InProcessTimestampClient oracle = new InProcessTimestampClient(oracles);
            Coordinator sources = new Coordinator(
                    archive, oracle, Map.of(NAMESPACE, Map.of("main", source)), EngineOptions.DEFAULT, seams);
            Coordinator targets = new Coordinator(
                    archive, oracle, Map.of(NAMESPACE, Map.of("main", target)), EngineOptions.DEFAULT, seams);
            BackupReport first = sources.backup(BackupRequest.of(NAMESPACE), OperationListener.NONE);
            BackupReport second = sources.backup(BackupRequest.of(NAMESPACE), OperationListener.NONE);
            RestoreReport restore =
                    targets.restore(new RestoreRequest(NAMESPACE, second.backupId()), OperationListener.NONE);
            System.out.printf(
                    "%d files, %d MiB, heap %d MiB: first backup %d ms, second %d ms, restore %d ms%n",
                    first.files(),
                    first.rawBytes() >> 20,
                    Runtime.getRuntime().maxMemory() >> 20,
                    first.duration().toMillis(),
                    second.duration().toMillis(),
                    restore.duration().toMillis());
            return new Figures(first, second, restore);
        } finally {
            workers.shutdown();
        }
    }

    private record Figures(BackupReport first, BackupReport second, RestoreReport restore) {}
}
