package dev.tidemark.coordinator.client;

import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Takes the data of server-sent events out of the lines of one answer and hands them on, one after another. What comes after
 * {@link #close} is dropped. Thread-safe.
 */
final class EventStream implements Flow.Subscriber<String>, AutoCloseable {
    /** After so long the stream is asked for anew, so that nobody listens to a connection that is dead. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final String DATA = "data:";

    private final Consumer<String> listener;
    private boolean hasBegun;
    private boolean isClosed;

    /** @param listener is told the data of each event; of one line each, as the service writes them */
    EventStream(Consumer<String> listener) {
        this.listener = listener;
    }

    Duration longest() {
        return LONGEST;
    }

    /** Tells whether anything came. */
    synchronized boolean hasBegun() {
        return hasBegun;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(String line) {
        if (isClosed) {
            return;
        }
        hasBegun = true;
        if (line.startsWith(DATA)) {
            listener.accept(line.substring(DATA.length()).strip());
        }
    }

    @Override
    public void onError(Throwable error) {
        // Whoever waits for the answer is told.
    }

    @Override
    public void onComplete() {
        // As above.
    }

    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
