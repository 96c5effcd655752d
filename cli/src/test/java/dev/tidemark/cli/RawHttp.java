package dev.tidemark.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Sends requests that no decent client would send. */
final class RawHttp {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int CHUNK = 1 << 16;

    private final URI server;

    RawHttp(URI server) {
        this.server = server;
    }

    /** Sends a request without a body whose target is taken as it is; returns the status, 0 when the connection was closed. */
    int status(String method, String target, String token) throws IOException {
        return send(method, target, token, 0, 0).status();
    }

    /**
     * Announces a body and sends as much of it as the service takes.
     *
     * @param announced bytes that the header says
     * @param most bytes that are sent at most
     */
    Answer send(String method, String target, String token, long announced, long most) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write((method + " " + target + " HTTP/1.1\r\nHost: " + server.getAuthority()
                            + "\r\nAuthorization: Bearer "
                            + token + "\r\nConnection: close\r\n"
                            + (announced > 0
                                    ? "Content-Type: application/json\r\nContent-Length: " + announced + "\r\n"
                                    : "")
                            + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            long sent = 0;
            try {
                while (sent < Math.min(announced, most)
                        && socket.getInputStream().available() == 0) {
                    out.write(new byte[CHUNK]);
                    sent += CHUNK;
                }
            } catch (SocketException e) {
                // The service has hung up; what it said before is read below.
            }
            return new Answer(status(socket.getInputStream()), sent);
        }
    }

    private static int status(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                line.write(next);
            }
        } catch (SocketException e) {
            return 0;
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0;
    }

    /**
     * What came back.
     *
     * @param status of HTTP, 0 when the connection was closed
     * @param sent bytes of the body that were sent before
     */
    record Answer(int status, long sent) {}
}
