package dev.tidemark.timestamp.batch;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.OracleErrors;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/**
 * Fetches timestamps of one namespace for many callers at a time. Thread-safe, without a lock and without a thread of its own.
 *
 * <p>A call that finds a request to spare is sent at once, alone; those that come while as many requests as allowed are under way wait,
 * and share the next one. So the batches become as large as they have to be, and a caller without company waits for nobody. A
 * call is in a batch from the moment the batch is sent and not before: what it gets was asked for after it began.
 *
 * <p>Whoever finds something to do sends: a thread that is going to wait, the thread that brings an answer, or the executor on behalf
 * of those that don't wait. One of them <em>sends</em> at a time, and goes round once more when others wanted to meanwhile; no
 * caller's code runs on a thread that is sending, so a caller that blocks where it is told of its timestamp holds up nobody else.
 *
 * <p>A batch that fails fails its calls. Those that have waited for longer than their patience meanwhile fail without a request of
 * their own, so that nobody waits for more than twice the time that one request may take.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future here throws nothing
public final class TimestampBatches implements AutoCloseable {
    private final TimestampSource source;
    private final BatchSettings settings;
    private final Duration patience;
    private final MonotonicClock clock;
    private final Executor executor;

    private final Queue<Call> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicInteger inFlightCount = new AtomicInteger();
    private final Set<Batch> inFlight = ConcurrentHashMap.newKeySet();

    /** How many wanted to send since somebody began to; 0 when nobody sends. */
    private final AtomicInteger wishesToSend = new AtomicInteger();

    private final AtomicBoolean isExecutorAsked = new AtomicBoolean();

    /** Null while nobody sends. */
    private volatile Thread sender;

    private volatile boolean isClosed;

    /**
     * Creates the batches of one namespace.
     *
     * @param patience how long a call may wait to be sent, &gt; 0
     * @param executor runs what must not run on a caller's thread; never refuses
     */
    public TimestampBatches(
            TimestampSource source,
            BatchSettings settings,
            Duration patience,
            MonotonicClock clock,
            Executor executor) {
        this.source = source;
        this.settings = settings;
        this.patience = patience;
        this.clock = clock;
        this.executor = executor;
    }

    /**
     * Waits for timestamps.
     *
     * @param count how many are wanted, 1..10,000
     * @return exactly that many, contiguous
     * @throws TimestampException what the request fails with; {@link ErrorCode#TOO_MANY_REQUESTS} when too many calls wait;
     *     {@link ErrorCode#INTERRUPTED} when the thread is interrupted, whose flag is set then
     */
    public TimestampRange freshTimestamps(int count) {
        WaitingCall call = new WaitingCall(count, clock.nanoTime());
        add(call);
        if (isRequestToSpare()) {
            send();
        }
        long lower = call.await();
        return new TimestampRange(lower, lower + count - 1);
    }

    /**
     * Asks for timestamps, and returns at once. What the caller hangs on the future runs on a thread of the client, or on the caller's
     * when the future is complete already.
     *
     * @param count how many are wanted, 1..10,000
     * @param form makes the result from the first of them
     * @return fails as {@link #freshTimestamps}. A future that is completed or cancelled by the caller withdraws the call
     */
    public <T> CompletableFuture<T> promise(int count, LongFunction<T> form) {
        PromisedCall<T> call = new PromisedCall<>(count, clock.nanoTime(), form);
        try {
            add(call);
        } catch (TimestampException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (isRequestToSpare() && isExecutorAsked.compareAndSet(false, true)) {
            executor.execute(this::sendForOthers);
        }
        return call.promise();
    }

    /** Fails the calls that wait, and every later one. */
    @Override
    public void close() {
        isClosed = true;
        inFlight.forEach(batch -> batch.fail(OracleErrors.closed(), () -> {}));
        send();
    }

    private void add(Call call) {
        if (isClosed) {
            throw OracleErrors.closed();
        }
        if (waitingCount.incrementAndGet() > settings.maxWaiting()) {
            waitingCount.decrementAndGet();
            throw new TimestampException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    settings.maxWaiting() + " calls wait for timestamps already",
                    "Ask for fewer timestamps at a time, or look into why the oracle is slow.");
        }
        waiting.add(call);
    }

    /** A closed client has one to spare, too: the call must be failed. */
    private boolean isRequestToSpare() {
        return isClosed || inFlightCount.get() < settings.inFlight();
    }

    private void sendForOthers() {
        isExecutorAsked.set(false);
        send();
    }

    /**
     * Sends as many batches as there are requests to spare. A call that was added before is in one of them, or the answer to one of those
     * under way will send it.
     */
    private void send() {
        if (wishesToSend.getAndIncrement() > 0) {
            return;
        }
        int granted = 1;
        while (granted > 0) {
            sender = Thread.currentThread();
            sendBatches();
            sender = null;
            granted = wishesToSend.addAndGet(-granted);
        }
    }

    private void sendBatches() {
        while (isRequestToSpare()) {
            Batch batch = nextBatch();
            if (batch == null) {
                return;
            }
            inFlightCount.incrementAndGet();
            inFlight.add(batch);
            fetch(batch).whenComplete((range, failure) -> answered(batch, range, failure));
        }
    }

    private CompletableFuture<TimestampRange> fetch(Batch batch) {
        if (isClosed) {
            return CompletableFuture.failedFuture(OracleErrors.closed());
        }
        try {
            return source.fetch(batch.count());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Takes the calls that have waited longest, as many as fit; null when nobody waits. Only the sender does so. */
    private Batch nextBatch() {
        Batch batch = new Batch();
        Batch late = new Batch();
        int taken = 0;
        long now = clock.nanoTime();
        for (Call call = waiting.peek(); call != null; call = waiting.peek()) {
            if (batch.count() + call.count() > OracleLimits.MAX_TIMESTAMPS_PER_REQUEST) {
                break;
            }
            waiting.remove();
            taken++;
            if (!call.isAbandoned()) {
                boolean isLate = now - call.arrivalNanos() > patience.toNanos();
                (isLate ? late : batch).add(call);
            }
        }
        waitingCount.addAndGet(-taken);
        if (late.count() > 0) {
            executor.execute(() -> late.fail(tooLate(), () -> {}));
        }
        return batch.count() > 0 ? batch : null;
    }

    /** Threads that wait are woken first, so that those that ask again share the next request. */
    private void answered(Batch batch, TimestampRange range, Throwable failure) {
        if (sender == Thread.currentThread()) {
            executor.execute(() -> answered(batch, range, failure));
            return;
        }
        inFlight.remove(batch);
        if (failure == null) {
            batch.give(range.lower(), inFlightCount::decrementAndGet);
        } else {
            batch.fail(translated(failure), inFlightCount::decrementAndGet);
        }
        send();
    }

    private TimestampException tooLate() {
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "the timestamp oracle has answered nothing for " + patience.toMillis() + " ms",
                "Check that the timestamp oracle is up and that its address is right.");
    }

    private static TimestampException translated(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TimestampException known
                ? known
                : new TimestampException(
                        ErrorCode.INTERNAL, "fetching timestamps failed: " + cause, "Report this as a defect.", cause);
    }
}
