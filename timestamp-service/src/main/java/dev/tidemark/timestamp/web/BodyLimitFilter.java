package dev.tidemark.timestamp.web;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads each body whole, up to a limit that no honest request reaches, and refuses longer ones.
 *
 * <p>A body that the path has no use for is read too: an answer before the end of the request makes the server close the
 * connection, which a client that is still writing takes for a failure. For the same reason some of a body that is too long
 * is read and dropped.
 */
@PreMatching
public final class BodyLimitFilter implements ContainerRequestFilter {
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
        byte[] bytes = body.readNBytes(limitBytes);
        if (bytes.length == limitBytes && body.read() >= 0) {
            drop(body);
            throw RequestRefusedException.bodyTooLarge(limitBytes);
        }
        request.setEntityStream(new ByteArrayInputStream(bytes));
    }

    private static void drop(InputStream body) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int dropped = 0;
        while (dropped < DROPPED_BYTES) {
            int count = body.read(buffer);
            if (count < 0) {
                return;
            }
            dropped += count;
        }
    }
}
