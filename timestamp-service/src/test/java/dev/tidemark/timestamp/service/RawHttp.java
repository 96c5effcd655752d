package dev.tidemark.timestamp.service;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One connection to a server on this machine, over which a test sends what it likes. Knows answers with a length only. */
public final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;

    /** Connects. */
    public RawHttp(int port) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Returns a request with a length, and the headers that are given, each a line. */
    public static String post(String path, String body, String... headers) {
        return request("POST", path, body, headers);
    }

    /** Returns a request with a length. */
    public static String request(String method, String path, String body, String... headers) {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: h\r\n");
        Arrays.stream(headers).forEach(line -> text.append(line).append("\r\n"));
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return text + "Content-Length: " + length + "\r\n\r\n" + body;
    }

    /** Sends text as it is. */
    public void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads one answer. */
    public Answer read() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("connection closed after '" + head.toString(StandardCharsets.UTF_8) + "'");
            }
            head.write(next);
        }
        List<String> lines = head.toString(StandardCharsets.UTF_8).lines().toList();
        int length = lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        List<String> headers = lines.subList(1, lines.size() - 1).stream()
                .filter(line -> !line.startsWith("Date:") && !line.startsWith("Vary:"))
                .sorted()
                .toList();
        return new Answer(lines.get(0), headers, body);
    }

    /** Sends a request and reads its answer. */
    public Answer exchange(String request) throws IOException {
        send(request);
        return read();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /**
     * An answer.
     *
     * @param headers in alphabetical order, without the date and what the compression of answers adds
     */
    public record Answer(String status, List<String> headers, String body) {
        /** Returns this answer with another name for the error. */
        public Answer withoutInstanceId() {
            return new Answer(status, headers, body.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "any"));
        }
    }
}
