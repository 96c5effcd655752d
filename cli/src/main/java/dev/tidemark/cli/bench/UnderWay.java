package dev.tidemark.cli.bench;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Statements of the bare driver, a bounded number of them at the same time. For one thread. */
final class UnderWay {
    private final CqlSession session;
    private final int limit;
    private final Semaphore free;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    UnderWay(CqlSession session, int limit) {
        this.session = session;
        this.limit = limit;
        this.free = new Semaphore(limit);
    }

    /** Sends a statement when there is room for it. */
    void send(Statement<?> statement) {
        free.acquireUninterruptibly();
        requireNoFailure();
        session.executeAsync(statement).whenComplete((answer, thrown) -> {
            if (thrown != null) {
                failure.compareAndSet(null, thrown);
            }
            free.release();
        });
    }

    /** Waits for all of them. */
    void await() {
        free.acquireUninterruptibly(limit);
        free.release(limit);
        requireNoFailure();
    }

    private void requireNoFailure() {
        if (failure.get() != null) {
            throw new IllegalStateException("a statement has failed: " + failure.get(), failure.get());
        }
    }
}
