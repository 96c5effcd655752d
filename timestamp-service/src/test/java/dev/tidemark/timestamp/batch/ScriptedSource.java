package dev.tidemark.timestamp.batch;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.timestamp.TimestampException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** An oracle whose answers come when a test says so. What a request gets is decided when it is sent. */
final class ScriptedSource implements TimestampSource {
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong issued = new AtomicLong();

    @Override
    public CompletableFuture<TimestampRange> fetch(int count) {
        long upper = issued.addAndGet(count);
        Request request = new Request(new TimestampRange(upper - count + 1, upper), new CompletableFuture<>());
        requests.add(request);
        return request.outcome;
    }

    /** Returns how many timestamps each request has asked for. */
    List<Long> sizes() {
        return requests.stream().map(request -> request.range.size()).toList();
    }

    int sent() {
        return requests.size();
    }

    /** Answers a request, counted from 0. */
    void answer(int number) {
        Request request = requests.get(number);
        request.outcome.complete(request.range);
    }

    void fail(int number, TimestampException failure) {
        requests.get(number).outcome.completeExceptionally(failure);
    }

    private record Request(TimestampRange range, CompletableFuture<TimestampRange> outcome) {}
}
