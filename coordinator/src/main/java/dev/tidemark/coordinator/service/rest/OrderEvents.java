package dev.tidemark.coordinator.service.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.kvs.time.Sleeper;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Streams of server-sent events about orders. Each event is named {@code order}, has the revision as its id and the order's status as
 * its data; a comment comes every 15 s when nothing changes, so that a listener that is gone is noticed. At most five events a second.
 * Who comes when {@value #MAX_STREAMS} listen gets one event, and comes again. Thread-safe.
 */
public final class OrderEvents {
    private static final int MAX_STREAMS = 100;
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration MIN_INTERVAL = Duration.ofMillis(200);

    /** Jersey keeps the first 8 KiB of an answer back, however often it is flushed: a comment of that length lets the events through. */
    private static final byte[] OPENING = (":" + " ".repeat(8 * 1024) + "\n\n").getBytes(StandardCharsets.UTF_8);

    private final OperationDesk desk;
    private final ObjectMapper mapper;
    private final Sleeper sleeper;
    private final Semaphore free = new Semaphore(MAX_STREAMS);

    /** @param mapper writes a status as answers do */
    public OrderEvents(OperationDesk desk, ObjectMapper mapper, Sleeper sleeper) {
        this.desk = desk;
        this.mapper = mapper;
        this.sleeper = sleeper;
    }

    StreamingOutput open(String namespace, String id, long afterRevision) {
        OrderStatus present = desk.find(namespace, id);
        return output -> {
            if (!free.tryAcquire()) {
                send(present, output);
                return;
            }
            try {
                write(namespace, present, afterRevision, output);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the server stops: the stream ends, and the listener comes back
            } finally {
                free.release();
            }
        };
    }

    private void write(String namespace, OrderStatus first, long afterRevision, OutputStream output)
            throws IOException, InterruptedException {
        OrderStatus status = first;
        long sent = afterRevision;
        output.write(OPENING);
        while (true) {
            if (status.revision() > sent || status.hasEnded()) {
                send(status, output);
                sent = status.revision();
            } else {
                output.write(": still there\n\n".getBytes(StandardCharsets.UTF_8));
            }
            output.flush();
            if (status.hasEnded()) {
                return;
            }
            sleeper.sleep(MIN_INTERVAL);
            status = desk.await(namespace, first.id(), sent, HEARTBEAT);
        }
    }

    private void send(OrderStatus status, OutputStream output) throws IOException {
        String event =
                "id: " + status.revision() + "\nevent: order\ndata: " + mapper.writeValueAsString(status) + "\n\n";
        output.write(event.getBytes(StandardCharsets.UTF_8));
    }
}
