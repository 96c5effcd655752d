package dev.tidemark.cli.bench.timestamp;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the same request again and again over connections that stay open, each as soon as its last answer is there. One thread serves
 * all connections, so that what is measured is hardly the callers' own waiting for a processor.
 */
final class HttpCallers {
    private static final int MAX_ANSWER_BYTES = 4096;
    private static final String OK = "HTTP/1.1 200 ";
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final long MAX_WAIT_MILLIS = 10_000;

    private final InetSocketAddress address;
    private final Callers callers;
    private final ServerCpu cpu;

    HttpCallers(InetSocketAddress address, Callers callers, ServerCpu cpu) {
        this.address = address;
        this.callers = callers;
        this.cpu = cpu;
    }

    /** Returns a request. */
    static byte[] post(String path, String body) {
        String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
        return ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer q\r\n" + type
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Asks over one connection, with a thread that waits for each answer. */
    Load one(byte[] request) throws InterruptedException {
        try (Connection connection = new Connection(address, request)) {
            return callers.blocking(1, cpu, index -> () -> {
                connection.send(0);
                while (!connection.receive()) {}
                return 1;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks over several connections. */
    Load many(byte[] request, int count) throws InterruptedException {
        List<Connection> connections = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                Connection connection = new Connection(address, request);
                connections.add(connection);
                connection.channel.configureBlocking(false);
                connection.channel.register(selector, SelectionKey.OP_READ, connection);
            }
            return ask(selector, connections);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            connections.forEach(Connection::close);
        }
    }

    private Load ask(Selector selector, List<Connection> connections) throws IOException, InterruptedException {
        LatencyHistogram latencies = new LatencyHistogram();
        double cpuBefore = cpu.seconds();
        long from = callers.clock().nanoTime();
        long until = from + callers.time().toNanos();
        connections.forEach(connection -> connection.send(from));
        long now = from;
        while (now < until) {
            if (selector.select(MAX_WAIT_MILLIS) == 0 && Thread.interrupted()) {
                throw new InterruptedException();
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                if (connection.receive()) {
                    now = callers.clock().nanoTime();
                    latencies.add(now - connection.sentNanos);
                    connection.send(now);
                }
            }
            selector.selectedKeys().clear();
            now = callers.clock().nanoTime();
        }
        return new Load(latencies.count(), (now - from) / 1e9, latencies, cpu.seconds() - cpuBefore);
    }

    /** One connection, with a request under way or none. */
    private static final class Connection implements AutoCloseable {
        private final SocketChannel channel;
        private final ByteBuffer request;
        private final ByteBuffer answer = ByteBuffer.allocateDirect(MAX_ANSWER_BYTES);
        private final byte[] bytes = new byte[MAX_ANSWER_BYTES];
        private long sentNanos;

        private Connection(InetSocketAddress address, byte[] request) throws IOException {
            this.channel = SocketChannel.open(address);
            channel.socket().setTcpNoDelay(true);
            this.request = ByteBuffer.allocateDirect(request.length).put(request);
        }

        /** The request is far smaller than the empty buffer of the system. */
        private void send(long nanos) {
            sentNanos = nanos;
            answer.clear();
            request.rewind();
            try {
                if (channel.write(request) < request.capacity()) {
                    throw new IOException("the system did not take a request of " + request.capacity() + " bytes");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Reads what is there; tells whether the answer is whole. */
        private boolean receive() {
            try {
                int before = answer.position();
                if (channel.read(answer) < 0) {
                    throw new EOFException("the server has closed the connection");
                }
                answer.get(before, bytes, before, answer.position() - before);
                return isWhole(answer.position());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private boolean isWhole(int end) throws IOException {
            int length = -1;
            for (int i = 0; i + 3 < end; i++) {
                if (bytes[i] == '\r' && bytes[i + 2] == '\r') {
                    if (length < 0 || !new String(bytes, 0, OK.length(), StandardCharsets.US_ASCII).equals(OK)) {
                        throw new IOException(
                                "unexpected answer: " + new String(bytes, 0, end, StandardCharsets.UTF_8));
                    }
                    return end >= i + 4 + length;
                }
                if (bytes[i] == '\n' && (bytes[i + 1] | 0x20) == 'c' && isLength(i + 1, end)) {
                    length = number(i + 1 + LENGTH.length);
                }
            }
            return false;
        }

        private boolean isLength(int from, int end) {
            if (from + LENGTH.length >= end) {
                return false;
            }
            for (int i = 0; i < LENGTH.length; i++) {
                int letter = bytes[from + i];
                if ((letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter) != LENGTH[i]) {
                    return false;
                }
            }
            return true;
        }

        private int number(int from) {
            int number = 0;
            for (int i = from; bytes[i] != '\r' && i < bytes.length - 1; i++) {
                if (bytes[i] != ' ') {
                    number = number * 10 + bytes[i] - '0';
                }
            }
            return number;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
