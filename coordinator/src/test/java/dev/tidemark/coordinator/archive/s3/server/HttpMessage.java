package dev.tidemark.coordinator.archive.s3.server;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request or an answer of HTTP/1.1 with its body in memory.
 *
 * @param start its first line
 * @param headers as {@code Name: value}
 */
public record HttpMessage(String start, List<String> headers, byte[] body) {
    /** Reads a request; returns null at the end of the connection. The body is that of its content length. */
    static HttpMessage readHead(InputStream in) throws IOException {
        String start = line(in);
        if (start == null) {
            return null;
        }
        List<String> headers = new ArrayList<>();
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            headers.add(header);
        }
        return new HttpMessage(start, headers, new byte[0]);
    }

    /** Reads the body that belongs to this head. */
    HttpMessage withBody(InputStream in) throws IOException {
        if ("chunked".equalsIgnoreCase(header("Transfer-Encoding"))) {
            byte[] whole = chunks(in);
            return without("Transfer-Encoding").with("Content-Length", String.valueOf(whole.length), whole);
        }
        String length = header("Content-Length");
        if (length.isEmpty()) {
            return this;
        }
        byte[] whole = in.readNBytes(Integer.parseInt(length));
        if (whole.length < Integer.parseInt(length)) {
            throw new EOFException("the body is cut off");
        }
        return new HttpMessage(start, headers, whole);
    }

    /** Returns the value of a header; empty when there is none. */
    public String header(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return headers.stream()
                .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(header -> header.substring(prefix.length()).strip())
                .findFirst()
                .orElse("");
    }

    /** Returns the method of a request. */
    public String method() {
        return start.substring(0, start.indexOf(' '));
    }

    /** Returns path and query of a request. */
    public String target() {
        return start.split(" ", -1)[1];
    }

    /** Returns the status of an answer. */
    int status() {
        return Integer.parseInt(start.split(" ", -1)[1]);
    }

    /** Tells whether this asks for the content of an object. */
    public boolean isObjectRead() {
        return "GET".equals(method()) && !target().contains("?") && target().indexOf('/', 1) > 0;
    }

    /** Tells whether this asks for a listing of objects. */
    public boolean isListing() {
        return "GET".equals(method()) && target().contains("list-type=2");
    }

    /** Tells whether this sends an object or a part of one. */
    public boolean isUpload() {
        return "PUT".equals(method()) && target().indexOf('/', 1) > 0;
    }

    /** Tells whether this completes an upload in parts. */
    public boolean isCompletion() {
        return "POST".equals(method()) && target().contains("uploadId=");
    }

    /** Returns the request as the server wants it: whoever takes us for a proxy names the whole address. */
    HttpMessage toOrigin() {
        return new HttpMessage(start.replaceFirst("^(\\S+) http://[^/ ]+", "$1 "), headers, body);
    }

    HttpMessage without(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return new HttpMessage(
                start,
                headers.stream()
                        .filter(header -> !header.toLowerCase(Locale.ROOT).startsWith(prefix))
                        .toList(),
                body);
    }

    HttpMessage withBody(byte[] newBody) {
        return without("Content-Length").with("Content-Length", String.valueOf(newBody.length), newBody);
    }

    private HttpMessage with(String name, String value, byte[] newBody) {
        List<String> more = new ArrayList<>(headers);
        more.add(name + ": " + value);
        return new HttpMessage(start, more, newBody);
    }

    byte[] headBytes() {
        return (start + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        while (true) {
            String size = line(in);
            if (size == null) {
                throw new EOFException("the body is cut off");
            }
            int length = Integer.parseInt(size.split(";", -1)[0].strip(), 16);
            whole.write(in.readNBytes(length));
            line(in);
            if (length == 0) {
                return whole.toByteArray();
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (next != '\r') {
                line.write(next);
            }
            next = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
