package dev.tidemark.coordinator.service.problem;

import dev.tidemark.kvs.ErrorCode;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads each body whole, up to a limit, and refuses longer ones. It does so after the caller is known and has the right, so that nobody
 * else makes the service hold a body; what comes later may read the body more than once.
 *
 * <p>Some of a body that is too long is read and dropped: a client that is still writing would take the answer for a lost connection.
 */
@Priority(Priorities.HEADER_DECORATOR)
public final class BodyLimitFilter implements ContainerRequestFilter {
    /** Bytes of a body. */
    public static final int DEFAULT_LIMIT_BYTES = 1 << 20;

    private static final int DROPPED_BYTES = 4 << 20;

    private final int limitBytes;

    /** Creates the filter; a body may have that many bytes. */
    public BodyLimitFilter(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        if (!request.hasEntity()) {
            return;
        }
        InputStream body = request.getEntityStream();
        if (length(request) > limitBytes) {
            throw refused(body);
        }
        byte[] bytes = body.readNBytes(limitBytes);
        if (bytes.length == limitBytes && body.read() >= 0) {
            throw refused(body);
        }
        request.setEntityStream(new ByteArrayInputStream(bytes));
    }

    /** Returns what the header says, which for an {@code int} may be too much; -1 when it says nothing. */
    private static long length(ContainerRequestContext request) {
        String length = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? -1 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private ProblemException refused(InputStream body) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int dropped = 0;
        for (int count = 0; dropped < DROPPED_BYTES && count >= 0; dropped += Math.max(count, 0)) {
            count = body.read(buffer);
        }
        return new ProblemException(
                        ErrorCode.INVALID_INPUT,
                        "the body is too long (expected: at most " + limitBytes + " bytes)",
                        "Compare the request with the page on the HTTP API.")
                .withStatus(413)
                .withHeader("Connection", "close"); // what of the body was not read can't be told from the next request
    }
}
