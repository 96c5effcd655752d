package dev.tidemark.timestamp.hot;

import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Invocable;

/** One request for timestamps, from its headers to its answer. Runs on one thread at a time, again whenever more of the body is there. */
final class HotExchange implements Invocable.Task {
    /** No body of a count is longer, however it is spaced. */
    private static final int MAX_BODY_BYTES = 64;

    private static final String JSON = "application/json";
    private static final HttpField JSON_CONTENT = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, JSON);
    private static final byte[] NOTHING = {};

    private final HotHandler handler;
    private final HotRequest asked;
    private final Request request;
    private final Response response;
    private final Callback callback;

    /** What of the body was read. */
    private byte[] body = NOTHING;

    private boolean isAdmitted;

    HotExchange(HotHandler handler, HotRequest asked, Request request, Response response, Callback callback) {
        this.handler = handler;
        this.asked = asked;
        this.request = request;
        this.response = response;
        this.callback = callback;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public void run() {
        if (!isAdmitted && !isUsual()) {
            passOn(new ArrayDeque<>());
            return;
        }
        isAdmitted = true;
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk) || body.length + chunk.remaining() > MAX_BODY_BYTES) {
                passOn(readSoFar(chunk));
                return;
            }
            append(chunk);
            if (chunk.isLast()) {
                answer();
                return;
            }
        }
    }

    private void append(Content.Chunk chunk) {
        ByteBuffer buffer = chunk.getByteBuffer();
        if (buffer != null && buffer.hasRemaining()) {
            int before = body.length;
            int more = buffer.remaining();
            body = Arrays.copyOf(body, before + more);
            buffer.get(body, before, more);
        }
        chunk.release();
    }

    /** Tells whether the headers are those of the many requests; what is said in another way is for the resources to judge. */
    private boolean isUsual() {
        String authorization = null;
        boolean isJson = false;
        for (HttpField field : request.getHeaders()) {
            HttpHeader header = field.getHeader();
            if (header == null) {
                continue;
            }
            switch (header) {
                case AUTHORIZATION -> {
                    if (authorization != null) {
                        return false;
                    }
                    authorization = field.getValue();
                }
                case CONTENT_TYPE -> {
                    if (isJson || !JSON.equals(field.getValue())) {
                        return false;
                    }
                    isJson = true;
                }
                case ACCEPT -> {
                    if (!JSON.equals(field.getValue()) && !"*/*".equals(field.getValue())) {
                        return false;
                    }
                }
                case CONTENT_ENCODING, TRANSFER_ENCODING, EXPECT, UPGRADE -> {
                    return false;
                }
                default -> {}
            }
        }
        return request.getLength() <= MAX_BODY_BYTES
                && (isJson || !asked.form().hasBody())
                && handler.access().isAllowed(asked.form().isConjure(), authorization);
    }

    private void answer() {
        int wanted = asked.count(body);
        Optional<TimestampOracle> oracle =
                wanted < 1 ? Optional.empty() : handler.oracles().open(asked.namespace());
        if (oracle.isEmpty()) {
            passOn(readWhole());
            return;
        }
        int count = Math.min(wanted, OracleLimits.MAX_TIMESTAMPS_PER_REQUEST);
        long first;
        try {
            first = oracle.get().freshTimestampsAtOnce(count);
        } catch (RuntimeException e) {
            passOn(readWhole()); // which meets the same reason, and says it
            return;
        }
        if (first == TimestampOracle.NOT_AT_ONCE) {
            handler.execute(request, response, callback, () -> answerWaiting(oracle.get(), count));
        } else {
            write(first, count);
        }
    }

    /** Runs on a thread that may wait. */
    private void answerWaiting(TimestampOracle oracle, int count) {
        long first;
        try {
            first = oracle.freshTimestamps(count).lower();
        } catch (RuntimeException e) {
            handler.counters().countPassedOn();
            handler.handleBehind(new ReplayedRequest(request, readWhole()), response, callback);
            return;
        }
        write(first, count);
    }

    private void write(long first, int count) {
        byte[] json = asked.answer(first, count);
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(JSON_CONTENT);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
        handler.counters().countAnswer(count, NanoTime.since(request.getBeginNanoTime()));
        response.write(true, ByteBuffer.wrap(json), callback);
    }

    private void passOn(Deque<Content.Chunk> read) {
        handler.counters().countPassedOn();
        handler.passOn(read.isEmpty() ? request : new ReplayedRequest(request, read), response, callback);
    }

    private Deque<Content.Chunk> readWhole() {
        return new ArrayDeque<>(List.of(Content.Chunk.from(ByteBuffer.wrap(body), true)));
    }

    private Deque<Content.Chunk> readSoFar(Content.Chunk next) {
        Deque<Content.Chunk> read = new ArrayDeque<>();
        if (body.length > 0) {
            read.add(Content.Chunk.from(ByteBuffer.wrap(body), false));
        }
        read.add(next);
        return read;
    }
}
