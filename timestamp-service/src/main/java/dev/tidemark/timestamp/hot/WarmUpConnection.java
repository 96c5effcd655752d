package dev.tidemark.timestamp.hot;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A connection on which one request is answered after the other; knows just enough of HTTP for the answers of the hot path. */
final class WarmUpConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 1000;
    private static final int MAX_ANSWER_BYTES = 4096;
    private static final String OK = "HTTP/1.1 200 ";
    private static final String END_OF_HEADERS = "\r\n\r\n";
    private static final String LENGTH = "\r\nContent-Length: ";

    private final Socket socket;
    private final byte[] answer = new byte[MAX_ANSWER_BYTES];

    private WarmUpConnection(Socket socket) {
        this.socket = socket;
    }

    static WarmUpConnection open(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new WarmUpConnection(socket);
    }

    /** Returns one request of each form. */
    static List<byte[]> requests(String namespace) {
        return List.of(
                post("/tl/ts/" + namespace, "{\"numTimestamps\":10}"),
                post("/tl/ts1/" + namespace, ""),
                post("/tl/t2/" + namespace, "10"),
                post("/" + namespace + "/timestamp/fresh-timestamp", ""),
                post("/" + namespace + "/timelock/fresh-timestamps?number=10", ""));
    }

    private static byte[] post(String path, String body) {
        String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
        return ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer q\r\n" + type
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Sends a request and reads its answer.
     *
     * @throws IOException also when the answer is not a timestamp
     */
    void ask(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        int length = 0;
        while (true) {
            int count = socket.getInputStream().read(answer, length, answer.length - length);
            if (count <= 0) {
                throw new EOFException("the answer ends after " + length + " bytes");
            }
            length += count;
            String text = new String(answer, 0, length, StandardCharsets.US_ASCII);
            int headers = text.indexOf(END_OF_HEADERS);
            if (headers < 0) {
                continue;
            }
            int from = text.indexOf(LENGTH) + LENGTH.length();
            if (!text.startsWith(OK) || from < LENGTH.length()) {
                throw new IOException("unexpected answer: " + text);
            }
            int body = Integer.parseInt(text.substring(from, text.indexOf('\r', from)));
            if (length >= headers + END_OF_HEADERS.length() + body) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
