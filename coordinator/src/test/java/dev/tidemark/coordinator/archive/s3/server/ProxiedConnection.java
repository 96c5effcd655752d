package dev.tidemark.coordinator.archive.s3.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One connection of a client through a {@link FaultProxy}, with a connection to the server behind it. */
final class ProxiedConnection {
    private static final int PIECE_BYTES = 64 << 10;
    private static final int SLICES_PER_SECOND = 10;

    private final FaultProxy proxy;
    private final Socket client;
    private Socket server;
    private InputStream fromServer;

    ProxiedConnection(FaultProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    void run() {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream(), PIECE_BYTES);
            boolean isOpen = true;
            while (isOpen) {
                HttpMessage head = HttpMessage.readHead(in);
                isOpen = head != null && exchange(head, in);
            }
        } catch (IOException e) {
            // One side has gone; the other one learns it by the closing below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeServer();
        }
    }

    /** Returns whether the connection can be used for another request. */
    private boolean exchange(HttpMessage head, InputStream in) throws IOException, InterruptedException {
        OutputStream out = client.getOutputStream();
        if (!head.header("Expect").isEmpty()) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        HttpMessage asked = head.without("Expect").toOrigin().withBody(in);
        Optional<Fault> decision = proxy.decide(asked);
        HttpMessage request = asked.without("Proxy-Authorization").without("Proxy-Connection");
        if (decision.isEmpty()) {
            return answer(out, forward(request));
        }
        Fault fault = decision.get();
        switch (fault) {
            case HANG -> {
                proxy.closed().await();
                return false;
            }
            case RESET -> {
                reset();
                return false;
            }
            case LOST_RESPONSE -> {
                forward(request);
                reset();
                return false;
            }
            case TRUNCATED_REQUEST -> {
                forwardHalf(request);
                reset();
                return false;
            }
            case TRUNCATED_RESPONSE, SHORT_RESPONSE -> {
                HttpMessage whole = forward(request);
                if (whole.body().length > 1) {
                    out.write(whole.headBytes());
                    out.write(whole.body(), 0, whole.body().length / 2);
                    out.flush();
                    if (fault == Fault.TRUNCATED_RESPONSE) {
                        reset();
                    }
                    return false;
                }
                return answer(out, whole);
            }
            case REQUEST_BIT_FLIP -> {
                return answer(out, forward(flipped(request)));
            }
            case LATE_INTERNAL_ERROR -> {
                forward(request);
                return answer(out, Answers.INTERNAL_ERROR.message(request));
            }
            case BIT_FLIP -> {
                HttpMessage whole = forward(request);
                return answer(out, whole.status() < 300 ? flipped(whole) : whole);
            }
            case LIST_MISSING_KEYS, LIST_DUPLICATED_KEYS, LIST_CUT_OFF -> {
                return answer(out, Answers.listing(fault, forward(request)));
            }
            case CONDITION_IGNORED -> {
                return answer(out, forward(request.without("If-None-Match")));
            }
            default -> {
                return answer(out, Answers.valueOf(fault.name()).message(request));
            }
        }
    }

    private HttpMessage forward(HttpMessage request) throws IOException {
        boolean isFresh = server == null;
        try {
            return forwardOnce(request);
        } catch (IOException e) {
            closeServer();
            if (isFresh) {
                throw e;
            }
            // The server has closed a connection that nobody used for a while.
            return forwardOnce(request);
        }
    }

    private HttpMessage forwardOnce(HttpMessage request) throws IOException {
        connect();
        OutputStream toServer = server.getOutputStream();
        toServer.write(request.headBytes());
        toServer.write(request.body());
        toServer.flush();
        HttpMessage head = HttpMessage.readHead(fromServer);
        while (head != null && head.status() == 100) {
            head = HttpMessage.readHead(fromServer);
        }
        if (head == null) {
            throw new IOException("the server has closed the connection");
        }
        boolean hasBody = !"HEAD".equals(request.method()) && head.status() != 204 && head.status() != 304;
        HttpMessage answer = hasBody ? head.withBody(fromServer) : head;
        if ("close".equalsIgnoreCase(answer.header("Connection"))) {
            closeServer();
        }
        return answer;
    }

    private void forwardHalf(HttpMessage request) throws IOException {
        connect();
        OutputStream toServer = server.getOutputStream();
        toServer.write(request.headBytes());
        toServer.write(request.body(), 0, request.body().length / 2);
        toServer.flush();
        closeServer();
    }

    private boolean answer(OutputStream out, HttpMessage answer) throws IOException, InterruptedException {
        out.write(answer.headBytes());
        byte[] body = answer.body();
        int done = 0;
        while (done < body.length) {
            int rate = proxy.bytesPerSecond();
            int wanted = Math.min(body.length - done, rate == 0 ? PIECE_BYTES : Math.max(1, rate / SLICES_PER_SECOND));
            int allowed = proxy.pass(wanted);
            out.write(body, done, allowed);
            done += allowed;
            if (allowed < wanted) {
                out.flush();
                reset();
                return false;
            }
            if (rate > 0) {
                out.flush();
                if (proxy.closed().await(1000 / SLICES_PER_SECOND, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            }
        }
        out.flush();
        return !"close".equalsIgnoreCase(answer.header("Connection"));
    }

    private static HttpMessage flipped(HttpMessage message) {
        if (message.body().length == 0) {
            return message;
        }
        byte[] body = Arrays.copyOf(message.body(), message.body().length);
        // In the middle: neither in the framing of a signed body nor, with luck, where nobody looks.
        body[body.length / 2] ^= 0x10;
        return new HttpMessage(message.start(), message.headers(), body);
    }

    private void connect() throws IOException {
        if (server == null) {
            server = new Socket(proxy.upstream().getHost(), proxy.upstream().getPort());
            server.setTcpNoDelay(true);
            fromServer = new BufferedInputStream(server.getInputStream(), PIECE_BYTES);
        }
    }

    /** Ends the connection so that the client is told of it by an error. */
    private void reset() throws IOException {
        client.setSoLinger(true, 0);
        client.close();
    }

    private void closeServer() {
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                // It is as good as closed.
            }
            server = null;
        }
    }
}
