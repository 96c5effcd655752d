package dev.tidemark.cli.demo;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transaction.SweepOptions;
import dev.tidemark.kvs.transaction.Sweeper;
import dev.tidemark.kvs.transaction.TransactionalStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that change the bank, the ring and the pairs, and a sweeper that removes what they no longer need, each on a thread of
 * its own. Reports every error that a client saw and did not expect.
 */
public final class Workload implements AutoCloseable {
    private static final int SET_UP_BATCH = 100;
    private static final int MAX_ERRORS = 10;
    private static final Duration SWEEP_PAUSE = Duration.ofMillis(500);

    private final TransactionalStore store;
    private final WorkloadSettings settings;
    private final TransferHistory history;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final MonotonicClock clock;
    private final Sleeper sleeper;
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong sweptVersions = new AtomicLong();
    private final AtomicLong clientNumbers;

    private volatile boolean isStopped;

    /**
     * Creates a workload that has not begun.
     *
     * @param firstClient number of the first client; the clients of all workloads that ever ran on a store must differ
     */
    public Workload(
            TransactionalStore store,
            WorkloadSettings settings,
            TransferHistory history,
            int firstClient,
            MonotonicClock clock,
            Sleeper sleeper) {
        this.store = store;
        this.settings = settings;
        this.history = history;
        this.clock = clock;
        this.sleeper = sleeper;
        this.clientNumbers = new AtomicLong(firstClient);
    }

    /** Creates tables and first content in an empty store. */
    public void setUp() {
        WorkloadTables.CHANGING.forEach(store::createTable);
        store.createTable(WorkloadTables.DOCUMENTS);
        int reserved = WorkloadTables.RESERVED_ACCOUNTS;
        store.execute(transaction -> {
            for (long account = 0; account < settings.accounts() + reserved; account++) {
                transaction.put(
                        WorkloadTables.ACCOUNTS,
                        WorkloadTables.cell(account),
                        Bytes.ofLong(WorkloadTables.FIRST_BALANCE));
            }
            for (long node = 0; node < settings.ringNodes(); node++) {
                transaction.put(
                        WorkloadTables.RING,
                        WorkloadTables.cell(node),
                        Bytes.ofLong((node + 1) % settings.ringNodes()));
            }
            for (long key = 0; key < settings.pairs() + reserved; key++) {
                transaction.put(WorkloadTables.LEFT, WorkloadTables.cell(key), Bytes.ofLong(0));
                transaction.put(WorkloadTables.RIGHT, WorkloadTables.cell(key), Bytes.ofLong(0));
            }
            return null;
        });
        setUpDocuments();
    }

    private void setUpDocuments() {
        SplittableRandom random = new SplittableRandom(settings.seed());
        for (int first = 0; first < settings.documents(); first += SET_UP_BATCH) {
            int from = first;
            int to = Math.min(settings.documents(), first + SET_UP_BATCH);
            SplittableRandom batchRandom = random.split();
            store.execute(transaction -> {
                for (long document = from; document < to; document++) {
                    byte[] content = new byte[settings.documentBytes()];
                    batchRandom.nextBytes(content);
                    transaction.put(WorkloadTables.DOCUMENTS, WorkloadTables.cell(document), Bytes.wrap(content));
                }
                return null;
            });
        }
    }

    /** Starts clients and sweeper. */
    public void start() {
        SplittableRandom random = new SplittableRandom(settings.seed());
        for (int i = 0; i < settings.clients(); i++) {
            long number = clientNumbers.getAndIncrement();
            WorkloadClient client = new WorkloadClient(store, settings, history, number, random.split());
            startThread("client-" + number, () -> run(client));
        }
        startThread("sweeper", this::sweep);
    }

    /** Stops clients and sweeper and waits for them; stopping twice does nothing. */
    @Override
    public void close() {
        isStopped = true;
        boolean wasInterrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                }
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how many transactions committed. */
    public long transactions() {
        return transactions.get();
    }

    /** Returns how many versions the sweeper deleted. */
    public long sweptVersions() {
        return sweptVersions.get();
    }

    /** Returns how long the transactions took. */
    public LatencyRecorder latencies() {
        return latencies;
    }

    /** Returns the first errors that clients or sweeper saw, conflicts that were resolved by a retry excepted. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    private void startThread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void run(WorkloadClient client) {
        while (!isStopped) {
            long from = clock.nanoTime();
            try {
                client.runOne();
                transactions.incrementAndGet();
            } catch (TidemarkException e) {
                error(Thread.currentThread().getName() + ": " + e.code() + ": " + e.getMessage());
            }
            latencies.record(clock.nanoTime() - from);
            if (!pause(settings.pause())) {
                return;
            }
        }
    }

    private void sweep() {
        Sweeper sweeper = store.sweeper(SweepOptions.defaults());
        while (!isStopped) {
            try {
                WorkloadTables.CHANGING.forEach(
                        table -> sweptVersions.addAndGet(sweeper.sweep(table).deletedVersions()));
            } catch (TidemarkException e) {
                error("sweeper: " + e.code() + ": " + e.getMessage());
            }
            if (!pause(SWEEP_PAUSE)) {
                return;
            }
        }
    }

    private void error(String text) {
        if (errors.size() < MAX_ERRORS) {
            errors.add(text);
        }
    }

    private boolean pause(Duration duration) {
        try {
            sleeper.sleep(duration);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
